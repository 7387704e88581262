import { isObject } from "@aiwatch/core/adapter";
import type { Operation } from "../operation/operation.ts";
import { operations } from "../operation/run-operation.ts";
import type { SequenceTap } from "./tap.ts";

/** The operation that asks, if it is one on this sequence: a function that the model calls may use another. */
export function operationOn(tap: SequenceTap): Operation | undefined {
  const operation = operations().getStore();
  return operation?.covers(tap) === true ? operation : undefined;
}

/** The sequence's next token index. */
export function positionOf(sequence: unknown): number {
  const position: unknown = isObject(sequence) ? Reflect.get(sequence, "nextTokenIndex") : undefined;
  return typeof position === "number" ? position : 0;
}
