import { followBody } from "./answer-stream.ts";
import { type Answers, type Beginning, beginning, type ObservedAnswer, type PageState } from "./answers.ts";
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
  readonly answer: ObservedAnswer;
  readonly method: string;
  readonly signal: AbortSignal | null | undefined;
  readonly init: RequestInit | undefined;
}

/** `fetch` that adds trace context, reports what fails, and follows the answers among what comes. The app sees what it would see without it. */
export function observedFetch(parts: FetchParts): typeof fetch {
  return (input, init) => {
    const call = quietly(() => readCall(input, init, parts));
    if (call === undefined) return parts.fetch(input, init);
    return parts.fetch(input, call.init).then(
      (response) => {
        quietly(() => readResponse(response, call, parts));
        return response;
      },
      (error: unknown) => {
        quietly(() => readFailure(error, call, parts));
        throw error;
      },
    );
  };
}

function readCall(input: RequestInfo | URL, init: RequestInit | undefined, { origins, answers }: FetchParts): Call {
  const request = input instanceof Request ? input : undefined;
  const begun = beginning("request");
  const method = (init?.method ?? request?.method ?? "GET").toUpperCase();
  const headers = new Headers(init?.headers ?? request?.headers);
  const isOwn = origins.has(new URL(request?.url ?? String(input), document.baseURI).origin);
  const call = { begun, answer: answers.begin(begun), method, signal: init?.signal ?? request?.signal, init };
  // the app may trace this call itself
  if (!isOwn || headers.has("traceparent")) {
    begun.span.traceId = undefined;
    return call;
  }
  headers.set("traceparent", begun.traceparent);
  // a request that is given options anew forgets its referrer
  const kept = init === undefined && request && { referrer: request.referrer, referrerPolicy: request.referrerPolicy };
  return { ...call, init: { ...kept, ...init, headers } };
}

function readResponse(response: Response, call: Call, parts: FetchParts): void {
  const { answer, begun, method } = call;
  const { status } = response;
  if (status >= 400) return void answer.end("failed", status);
  // a GET watches something, or takes up an answer whose beginning it did not see
  const isStream = response.headers.get("content-type")?.startsWith("text/event-stream");
  if (!isStream || method === "GET") return void answer.end("answered", status);
  begun.span.kind = "answer";
  begun.span.status = status;
  followBody(response, answer, (error) => quietly(() => readFailure(error, call, parts)));
}

/** Tells a failure from an abort, which is none; so is what breaks since the page goes. */
function readFailure(error: unknown, { answer, signal }: Call, { errors, page }: FetchParts): void {
  errors.ignore(error);
  const isStopped = signal?.aborted === true;
  // a body that its signal broke off says only that it was
  const cause: unknown = isStopped ? signal?.reason : error;
  const name = cause instanceof Error ? cause.name : "";
  if (name === "TimeoutError") answer.end("failed", undefined, "timeout");
  else if (isStopped || name === "AbortError" || page.isLeft) answer.end("aborted");
  else answer.end("failed", undefined, "network");
}
