import { AsyncLocalStorage } from "node:async_hooks";
import { processWide, runObserved } from "@aiwatch/core/adapter";
import type { SequenceTap } from "../sequence/tap.ts";
import { Operation, type OperationStart } from "./operation.ts";

/** The operation that runs now. Right when an evaluation is asked for, wrong when the batch is decoded: that serves several. */
export const operations = processWide("@aiwatch/llamacpp/operations", 2, () => new AsyncLocalStorage<Operation>());

/**
 * Runs `call` as one operation: inside its span, and with its sequence's evaluations counted for it. The caller gets what `call` gave: the
 * same value, the same error.
 * @param call is given the operation; `undefined` where it could not be started
 */
export function runOperation(start: OperationStart, call: (operation: Operation | undefined) => unknown): unknown {
  const { diagnostics } = start.host;
  const operation = diagnostics.guard("adapter", "starting an operation", () => new Operation(start));
  if (operation === undefined) {
    start.release();
    return call(undefined);
  }
  return runObserved(operation, () => operations().run(operation, () => call(operation)), diagnostics);
}

/** The operation that asks, if it is one on this sequence: a function that the model calls may use another. */
export function operationOn(tap: SequenceTap): Operation | undefined {
  const operation = operations().getStore();
  return operation?.covers(tap) === true ? operation : undefined;
}
