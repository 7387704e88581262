import type { IncomingMessage, ServerResponse } from "node:http";

/** One route of an app under test, told so that every framework can build it in its own manner. */
export type TestRoute = {
  readonly path: string;
  readonly method?: "get" | "post";
  /** Where the router is mounted that holds it. @default the app itself */
  readonly mount?: string;
} & Answer;

type Answer =
  /** The framework's own way to send. */
  | { readonly text: string }
  /** The framework's own way to parse a JSON body. */
  | { readonly parsed: (body: { readonly text: string }) => string }
  /** `afterHeaders` has sent a part of the answer. */
  | { readonly fails: "sync" | "async" | "afterHeaders" }
  /** Answers by hand. */
  | { readonly raw: RawAnswer };

export type RawAnswer = (req: IncomingMessage, res: ServerResponse) => unknown;

/** What a failing route throws. */
export function failure(): Error {
  return new Error("this route fails");
}
