/** What a model server says of its counts. */
export interface Counts {
  readonly prompt: number;
  readonly cached: number;
  readonly output: number;
}

/** One thing that an answer says, whatever the API that it is asked by. */
export type Piece =
  | { readonly kind: "text"; readonly text: string; readonly choice: number }
  | { readonly kind: "thought"; readonly text: string }
  | { readonly kind: "call"; readonly name: string; readonly args: string }
  | { readonly kind: "finish"; readonly reason: string; readonly choice: number; readonly counts: Counts }
  /** What the stream ends with, such as `[DONE]`. */
  | { readonly kind: "sentinel" }
  /** An event that is no JSON. */
  | { readonly kind: "broken" }
  | { readonly kind: "failure"; readonly failure: Failure };

/** An error as a server words it. */
export interface Failure {
  readonly code: number;
  readonly type: string;
  readonly message: string;
}

/** The counts of every answer that does not say otherwise. */
export const counts: Counts = { prompt: 10, cached: 9, output: 3 };

export const text = (said: string, choice = 0): Piece => ({ kind: "text", text: said, choice });
export const thought = (said: string): Piece => ({ kind: "thought", text: said });
export const call = (name: string, args: string): Piece => ({ kind: "call", name, args });
export const broken: Piece = { kind: "broken" };
export const sentinel: Piece = { kind: "sentinel" };
export const failure = (code: number, type: string, message: string): Piece => ({
  kind: "failure",
  failure: { code, type, message },
});

/** @param of what differs from the usual counts */
export function finish(reason: string, of: Partial<Counts> = {}, choice = 0): Piece {
  return { kind: "finish", reason, choice, counts: { ...counts, ...of } };
}

/** The usual three words. */
export const words: readonly Piece[] = ["Let", " me", " explain"].map((word) => text(word));
