export type LineLevel = "debug" | "info" | "error";

/**
 * Marks the fields of our own lines, for the loggers that `createLogger` makes: they say by themselves whose they are, and hold nothing to
 * censor. No logger writes what a symbol names.
 */
export const ownLine: unique symbol = Symbol.for("@aiwatch/logging/own-line");

/** One line before it is written. What is unknown is `undefined`, which loggers leave out. */
export interface Line {
  /** Ours alone: nothing that came from outside stands in it. */
  readonly message: string;
  readonly fields: LineFields;
}

export interface LineFields extends Readonly<Record<string, string | number | boolean | undefined>> {
  readonly [ownLine]: true;
}
