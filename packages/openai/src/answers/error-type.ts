import { isObject, valueAt } from "@aiwatch/core/adapter";
import { textAt } from "./figures.ts";

/** The types of errors that a model server's answers end with, besides the catalogue's own. */
export const errorTypes = [
  "cut",
  "network",
  "unauthorized",
  "not_found",
  "rate_limited",
  "model_loading",
  "unavailable",
  "server_error",
  "redirected",
] as const;

const byStatus: ReadonlyMap<number, string> = new Map([
  [0, "network"],
  [401, "unauthorized"],
  [403, "unauthorized"],
  [404, "not_found"],
  [408, "timeout"],
  [429, "rate_limited"],
  [503, "unavailable"],
  [504, "timeout"],
]);

/** Whether a status is no answer's. `Response.error()` has 0. */
export function isErrorStatus(status: number): boolean {
  return status < 200 || status >= 300;
}

/** The type of an error answer. @param body the answer's, as far as it is JSON */
export function errorTypeOf(status: number, body: unknown): string {
  const { type, message } = toldError(body);
  if (type === "exceed_context_size_error" || isContextOverflow(message)) return "context_overflow";
  if (status === 503 && /loading model/i.test(message)) return "model_loading";
  const known = byStatus.get(status);
  if (known !== undefined) return known;
  if (status < 400) return "redirected";
  return status < 500 ? "invalid_argument" : "server_error";
}

/** As llama.cpp, Ollama, vLLM and OpenAI say it. */
function isContextOverflow(message: string): boolean {
  return /context[ _](?:size|length|window)/i.test(message) && /exceed|maximum|too long/i.test(message);
}

/** The error in an answer's body: `{error: {type, message}}`, or Ollama's `{error: "…"}`. */
function toldError(body: unknown): { readonly type: string; readonly message: string } {
  const error = valueAt(body, "error");
  if (typeof error === "string") return { type: "", message: error };
  if (!isObject(error)) return { type: "", message: "" };
  return { type: textAt(error, "type") ?? "", message: textAt(error, "message") ?? "" };
}

/**
 * The type of what a call or a body broke by. A time limit has its name: that of an `AbortSignal.timeout`, or undici's own, the cause of what
 * `fetch` rejects with. The network's failures are TypeErrors with a cause there; one without is of the call itself.
 * @returns undefined for any other error, which its own name tells
 */
export function brokenType(error: unknown): "timeout" | "network" | undefined {
  const [name, code] = [valueAt(error, "name"), valueAt(error, "cause", "code") ?? valueAt(error, "code")];
  if ([name, code].some((word) => typeof word === "string" && /Timeout|TIMEOUT$|TIMEDOUT$/.test(word)))
    return "timeout";
  const isCaused = name === "TypeError" && valueAt(error, "cause") !== undefined;
  return isCaused || typeof code === "string" ? "network" : undefined;
}

/** Whether a call or a body broke since somebody aborted it, by the app's signal or one of a `fetch` of its own. */
export function isAbort(error: unknown, signal: AbortSignal | undefined): boolean {
  return valueAt(error, "name") === "AbortError" || signal?.aborted === true;
}
