import { AsyncLocalStorage } from "node:async_hooks";
import { processWide, runOnce } from "@aiwatch/core";
import { Operation, type OperationStart } from "./operation.ts";

/** The operation that runs now. Right when an evaluation is asked for, wrong when the batch is decoded: that serves several. */
export const operations = processWide("@aiwatch/llamacpp/operations", 1, () => new AsyncLocalStorage<Operation>());

/**
 * Runs `call` as one operation: inside its span, and with its sequence's evaluations counted for it. The caller gets what `call` gave: the
 * same value, the same error.
 *
 * A promise is followed by `then` with value and reason handed through. It is not returned itself: having been listened to by us it would
 * count as handled, and a rejection that the app forgot to handle would no longer be reported by Node.
 *
 * @param call is given the operation; `undefined` where it could not be started
 */
export function runOperation(start: OperationStart, call: (operation: Operation | undefined) => unknown): unknown {
  const { diagnostics } = start.aiwatch;
  const operation = diagnostics.guard("adapter", "starting an operation", () => new Operation(start));
  if (operation === undefined) {
    start.release();
    return call(undefined);
  }
  let result: unknown;
  try {
    const inside = () => operations().run(operation, () => call(operation));
    const report = (error: unknown) => diagnostics.fault("tracer", "activating a span", error);
    result = runOnce((within) => operation.inference.run(within), inside, report);
  } catch (error) {
    operation.failed(error);
    throw error;
  }
  if (result instanceof Promise) return follow(operation, result);
  operation.completed(result);
  return result;
}

function follow(operation: Operation, result: Promise<unknown>): Promise<unknown> {
  return result.then(
    (value) => {
      operation.completed(value);
      return value;
    },
    (error: unknown) => {
      operation.failed(error);
      throw error;
    },
  );
}
