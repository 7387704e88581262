import { AiwatchError } from "./errors.ts";

/** The error for what the app handed over. Objects are not quoted: they may be large, circular or secret. */
export function invalidArgument(what: string, value: unknown, expected: string): AiwatchError {
  const shown =
    typeof value === "string"
      ? JSON.stringify(value.slice(0, 80))
      : typeof value === "object" && value !== null
        ? Array.isArray(value)
          ? "a list"
          : "an object"
        : String(value);
  return new AiwatchError("AIWATCH_INVALID_ARGUMENT", `${what} is ${shown}, expected ${expected}`);
}
