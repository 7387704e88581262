/** What stands for a credential or a content: it is in no line. */
export const canary = "canary-7f3a";

/** A value that an app logs. */
export interface ValueRow {
  readonly name: string;
  /** A new one each time: what one logger might have changed, the other must not see. */
  make(): unknown;
  /** How it is shown, where that is not what plain pino shows but for what is censored. @default as plain pino shows it */
  readonly shown?: unknown;
  /** Holds the canary where only censoring keeps it out of a line. @default false: the line is plain pino's to the letter */
  readonly secret?: boolean;
}

export function rows(values: Readonly<Record<string, () => unknown>>): ValueRow[] {
  return Object.entries(values).map(([name, make]) => ({ name, make }));
}

export function secretRows(values: Readonly<Record<string, () => unknown>>): ValueRow[] {
  return rows(values).map((row) => ({ ...row, secret: true }));
}
