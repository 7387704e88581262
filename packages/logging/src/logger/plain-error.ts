import { stdSerializers } from "pino";

/**
 * pino's serializer of errors. It marks the error while it runs, which a frozen one refuses, and reads all that the error carries: where
 * that throws, what can be read is shown.
 */
export function plainError(error: Error): object {
  try {
    return stdSerializers.err(error);
  } catch {
    removeMark(error);
    return readableParts(error);
  }
}

/** pino's serializer leaves it where it throws. */
function removeMark(error: object): void {
  const marks = read(() => Object.getOwnPropertySymbols(error), []);
  for (const mark of marks) if (mark.description === "circular-ref-tag") Reflect.deleteProperty(error, mark);
}

function readableParts(error: object): object {
  const parts: Record<string, unknown> = { type: read(() => error.constructor.name) };
  for (const name of ["message", "stack", ...read(() => Object.keys(error), [])]) {
    parts[name] ??= read(() => Reflect.get(error, name));
  }
  return parts;
}

function read<Value>(action: () => Value): Value | undefined;
function read<Value>(action: () => Value, otherwise: Value): Value;
function read<Value>(action: () => Value, otherwise?: Value): Value | undefined {
  try {
    return action();
  } catch {
    return otherwise;
  }
}
