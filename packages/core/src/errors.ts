export type AiwatchErrorCode =
  | "AIWATCH_INVALID_SETTING"
  | "AIWATCH_METRIC_CONFLICT"
  | "AIWATCH_INVALID_ARGUMENT"
  | "AIWATCH_MISSING_PEER"
  | "AIWATCH_CLOSED";

/** Every error that AIWatch throws. Recognise it by `code`: `instanceof` fails where the app holds two module formats. */
export class AiwatchError extends Error {
  override readonly name = "AiwatchError";
  readonly code: AiwatchErrorCode;

  constructor(code: AiwatchErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Whether `error` was thrown by any copy of AIWatch. */
export function isAiwatchError(error: unknown): error is AiwatchError {
  return error instanceof Error && "code" in error && String(error.code).startsWith("AIWATCH_");
}
