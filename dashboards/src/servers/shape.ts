/** Whether a value of somebody else's answer is what is read of it. */
export type Is<Value> = (value: unknown) => value is Value;

/** What an answer has to be, and how a message calls it. */
export interface Shape<Value> {
  readonly is: Is<Value>;
  /** "a list of texts" */
  readonly called: string;
}

export const isText: Is<string> = (value) => typeof value === "string";

export const isRecord: Is<Readonly<Record<string, unknown>>> = (value): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const isListOf =
  <Value>(is: Is<Value>): Is<Value[]> =>
  (value): value is Value[] =>
    Array.isArray(value) && value.every(is);

/** What may be absent, and is right where it is there. */
export const isAbsentOr =
  <Value>(is: Is<Value>): Is<Value | undefined> =>
  (value): value is Value | undefined =>
    value === undefined || is(value);
