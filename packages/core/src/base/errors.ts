export type AiwatchErrorCode =
  | "AIWATCH_INVALID_SETTING"
  | "AIWATCH_METRIC_CONFLICT"
  | "AIWATCH_INVALID_ARGUMENT"
  | "AIWATCH_MISSING_PEER"
  | "AIWATCH_CLOSE_TIMEOUT"
  | "AIWATCH_CLUSTER_TIMEOUT"
  | "AIWATCH_SCRAPE_TIMEOUT"
  | "AIWATCH_ABANDONED"
  | "AIWATCH_MODEL_SERVER";

/** Every error that AIWatch throws. Recognise it by `code`: `instanceof` fails where the app holds two module formats. */
export class AiwatchError extends Error {
  override readonly name = "AiwatchError";
  readonly code: AiwatchErrorCode;

  constructor(code: AiwatchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/**
 * Whether `error` was thrown by any copy of AIWatch.
 * @example if (isAiwatchError(error) && error.code === "AIWATCH_INVALID_SETTING") console.error(error.message);
 */
export function isAiwatchError(error: unknown): error is AiwatchError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("AIWATCH_");
}

const nameLike = /^[\w$.-]{1,64}$/;

/**
 * An error's `code` where it has one, else its class. Never throws, whatever was thrown, and never text: what is no name, a name that the
 * app has put content into, is "Error".
 */
export function errorName(error: unknown): string {
  try {
    if (!(error instanceof Error)) return typeof error;
    const code: unknown = "code" in error ? error.code : undefined;
    const name: unknown = error.name === "Error" ? error.constructor.name : error.name;
    return [code, name].find(isName) ?? "Error";
  } catch {
    return "Error";
  }
}

/** Whether a text may stand as an error's type: a code or the name of a class, and no message. */
export function isName(text: unknown): text is string {
  return typeof text === "string" && nameLike.test(text);
}

/**
 * The error for what the app handed over. Objects are not quoted: they may be large, circular or secret.
 * @example if (typeof listener !== "function") throw invalidArgument("listener", listener, "a function");
 */
export function invalidArgument(what: string, value: unknown, expected: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_ARGUMENT", `${what} is ${shownValue(value)}, expected ${expected}`);
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no instance of any copy of AIWatch, such as options in its place */
export function checkInstance(value: unknown): void {
  if (typeof Reflect.get(Object(value), "startInference") === "function") return;
  throw invalidArgument("the instance", value, "what createAiwatch() returns");
}

function shownValue(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, 80));
  // its text is its source
  if (typeof value === "function") return value.name === "" ? "a function" : `the function ${value.name}`;
  if (typeof value !== "object" || value === null) return String(value);
  return Array.isArray(value) ? "a list" : "an object";
}

/** The beginning of what came from outside, as text that UTF-8 can write: at most `limit` characters, and never half of one. */
export function cutText(value: unknown, limit: number): string {
  const text = String(value);
  const kept = text.length <= limit ? text : text.slice(0, limit).replace(/[\ud800-\udbff]$/, "");
  return kept.toWellFormed();
}
