import type { InferenceRecord } from "@aiwatch/core";
import type { ModelServer, Script } from "../model-server.ts";

/** Calls the server, and says what the app has of the answer. */
export type Consumer = (fetch: typeof globalThis.fetch, url: string, server: ModelServer) => Promise<unknown>;

/** One way in which a call ends. */
export interface EndingRow {
  readonly name: string;
  readonly server: Script;
  readonly app: Consumer;
  /** What the record says; `failure` absent means that it has none. */
  readonly record: ExpectedRecord;
}

export type ExpectedRecord = {
  readonly [Name in keyof InferenceRecord]?: InferenceRecord[Name] | undefined;
};

export const chatPath = "/v1/chat/completions";

const request = (body: object, init: RequestInit = {}): RequestInit => ({
  method: "POST",
  headers: { "content-type": "application/json", authorization: "Bearer key" },
  body: JSON.stringify({ model: "tiny", messages: [{ role: "user", content: "Hello" }], ...body }),
  ...init,
});

export const streamed = (init?: RequestInit) => request({ stream: true }, init);
export const whole = (init?: RequestInit) => request({}, init);

/** What can be compared of an error. */
export function described(error: unknown): unknown {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  return {
    name: error.name,
    message: error.message,
    ...(cause instanceof Error && { cause: Reflect.get(cause, "code") }),
  };
}

/** What a response shows before it is read. */
export function headOf(response: Response, url: string): object {
  const { status, statusText, ok, redirected, type, bodyUsed } = response;
  const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== "date"));
  const isResponse = response instanceof Response && Object.getPrototypeOf(response) === Response.prototype;
  const { body } = response;
  const hasBody = body !== null && body === response.body;
  return {
    status,
    statusText,
    ok,
    redirected,
    type,
    bodyUsed,
    headers,
    isResponse,
    hasBody,
    url: response.url.replace(url, ""),
  };
}
