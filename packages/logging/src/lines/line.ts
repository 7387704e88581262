export type LineLevel = "debug" | "info" | "error";

/** One line before it is written. What is unknown is `undefined`, which loggers leave out. */
export interface Line {
  /** Ours alone: nothing that came from outside stands in it. */
  readonly message: string;
  readonly fields: LineFields;
}

/** A text that went through `cleanText`: the compiler lets no other one into a line. */
export type CleanText = string & { readonly [clean]: true };
declare const clean: unique symbol;

export type LineFields = Readonly<Record<string, CleanText | number | boolean | undefined>>;
