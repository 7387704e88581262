export type LineLevel = "debug" | "info" | "error";

/** One line before it is written. What is unknown is `undefined`, which loggers leave out. */
export interface Line {
  /** Ours alone: nothing that came from outside stands in it. */
  readonly message: string;
  readonly fields: LineFields;
}

export type LineFields = Readonly<Record<string, string | number | boolean | undefined>>;
