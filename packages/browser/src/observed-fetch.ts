import { followBody } from "./answer-stream.ts";
import { type Answers, type Beginning, beginning, errorTypeOf, type PageState } from "./answers.ts";
import { type PageErrors, quietly } from "./page-errors.ts";

export interface FetchParts {
  readonly fetch: typeof fetch;
  readonly answers: Answers;
  readonly errors: PageErrors;
  readonly page: PageState;
  /** Those that get `traceparent`. */
  readonly origins: ReadonlySet<string>;
}

/** One call, while it is under way. */
interface Call {
  readonly begun: Beginning;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  readonly init: RequestInit | undefined;
}

/** `fetch` that adds trace context, reports what fails, and follows the answers among what comes. The app sees what it would see without it. */
export function observedFetch(parts: FetchParts): typeof fetch {
  return (input, init) => {
    const call = quietly(() => readCall(input, init, parts.origins));
    if (call === undefined) return parts.fetch(input, init);
    return parts.fetch(input, call.init).then(
      (response) => {
        quietly(() => readResponse(response, call, parts));
        return response;
      },
      (error: unknown) => {
        quietly(() => readFailure(error, call, parts, (type) => parts.errors.failed(type)));
        throw error;
      },
    );
  };
}

function readCall(input: RequestInfo | URL, init: RequestInit | undefined, origins: ReadonlySet<string>): Call {
  const request = input instanceof Request ? input : undefined;
  const begun = beginning();
  const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
  const call = { begun, method, signal: init?.signal ?? request?.signal, init };
  if (!origins.has(new URL(request?.url ?? String(input), document.baseURI).origin)) return call;
  const headers = new Headers(init?.headers ?? request?.headers);
  // the app traces this call itself
  if (headers.has("traceparent")) return call;
  headers.set("traceparent", begun.traceparent);
  // a request that is given options anew forgets its referrer
  const kept = init === undefined && request && { referrer: request.referrer, referrerPolicy: request.referrerPolicy };
  return { ...call, init: { ...kept, ...init, headers } };
}

function readResponse(response: Response, call: Call, parts: FetchParts): void {
  if (response.status >= 400) return void parts.errors.failed(errorTypeOf(response.status), response.status);
  // a GET watches something, or takes up an answer whose beginning it did not see
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream || call.method === "GET") return;
  const answer = parts.answers.begin(call.begun);
  followBody(response, answer, (error) => {
    quietly(() => readFailure(error, call, parts, (type) => answer.end("failed", undefined, type)));
    answer.end("aborted");
  });
}

/** Tells a failure from an abort, which is none; so is what breaks since the page goes. */
function readFailure(error: unknown, call: Call, { errors, page }: FetchParts, fail: (type: string) => void): void {
  errors.ignore(error);
  const isStopped = call.signal?.aborted === true;
  // a body that its signal broke off says only that it was
  const cause: unknown = isStopped ? call.signal?.reason : error;
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") fail("timeout");
  else if (!isStopped && name !== "AbortError" && !page.isLeft) fail("network");
}
