import { stdSerializers } from "pino";
import { ownData } from "./plain-data.ts";

/**
 * pino's serializer of errors. It marks each error while it runs, which a frozen one refuses, and reads all that the error carries: where that
 * throws, what can be read is written.
 */
export function serializeError(error: Error): object {
  try {
    return stdSerializers.err(error);
  } catch {
    removeMarks(error, new Set());
    return readableParts(error);
  }
}

/** pino's serializer leaves them on an error and on those that it carries, where it throws. */
function removeMarks(error: unknown, seen: Set<unknown>): void {
  if (typeof error !== "object" || error === null || seen.has(error)) return;
  seen.add(error);
  for (const mark of readOr(() => Object.getOwnPropertySymbols(error), [])) {
    if (mark.description === "circular-ref-tag") Reflect.deleteProperty(error, mark);
  }
  for (const name of readOr(() => Object.keys(error), [])) {
    const carried: unknown = ownData(error, name);
    if (carried instanceof Error) removeMarks(carried, seen);
  }
}

function readableParts(error: object): object {
  const parts: Record<string, unknown> = { type: readOr<unknown>(() => error.constructor.name, undefined) };
  for (const name of ["message", "stack", ...readOr(() => Object.keys(error), [])]) {
    parts[name] ??= readOr<unknown>(() => Reflect.get(error, name), undefined);
  }
  return parts;
}

function readOr<Value>(read: () => Value, otherwise: Value): Value {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
