import { isObject, type Method, observeIterator, observePromise, processWide } from "@aiwatch/core/adapter";
import { bareLevel } from "../engine/calls.ts";
import { positionOf } from "../engine/objects.ts";
import { nameIn } from "../observe/observed-object.ts";
import { Operation, type OperationStart } from "../operation/operation.ts";
import { operationOn, runOperation } from "../operation/run-operation.ts";
import { observeBareTokens } from "./observe-bare-tokens.ts";
import type { SequenceTap } from "./tap.ts";

/** Sequences that draft for another one: what they evaluate is a part of its inferences. */
export const drafts = processWide("@aiwatch/llamacpp/drafts", 1, () => new WeakSet<object>());

/** `evaluateWithMetadata`, which `evaluate` goes through: nothing is evaluated before the first token is asked for. */
export function tapGeneration(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    const generator = Reflect.apply(original, this, args);
    if (!isObject(generator)) return generator;
    const operation = operationOn(tap);
    const begin = (begun: Operation) => evaluates(tap, begun, args[0], this);
    if (operation !== undefined) {
      return observeIterator(generator, operation, { begins: () => begin(operation) }, operation.diagnostics);
    }
    if (!isBare(tap, this)) return generator;
    const bare = {
      sequence: this as object,
      tokens: args[0],
      options: args[1],
      start: () => {
        const started = startBare(tap, this as object, args[1]);
        if (started !== undefined) begin(started);
        return started;
      },
    };
    return observeBareTokens(generator, bare, tap.scope?.host.diagnostics);
  };
}

/** An evaluation that generates nothing. */
export function tapEvaluation(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    const call = () => Reflect.apply(original, this, args);
    return evaluateIn(tap, this, args, call);
  };
}

/** An evaluation that may generate one token for each that it is given, all at once. */
export function tapTokenResults(tap: SequenceTap, original: Method): Method {
  return function (...args) {
    const call = (operation: Operation | undefined) => {
      const result = Reflect.apply(original, this, args);
      if (operation === undefined || !(result instanceof Promise)) return result;
      const completed = (items: unknown) => operation.tokens(generatedIn(items));
      return observePromise(result, { completed, failed() {} }, operation.diagnostics);
    };
    return evaluateIn(tap, this, args, call);
  };
}

function evaluateIn(
  tap: SequenceTap,
  sequence: unknown,
  args: readonly unknown[],
  call: (operation: Operation | undefined) => unknown,
): unknown {
  if (isInner(args[1])) {
    if (Array.isArray(args[0])) tap.current?.evaluatesAgain(args[0]);
    return call(undefined);
  }
  const running = operationOn(tap);
  if (running !== undefined) {
    evaluates(tap, running, args[0], sequence);
    return call(running);
  }
  if (!isBare(tap, sequence) || isEngines(args[1])) return call(undefined);
  const start = bareStart(tap, sequence as object, args[1]);
  if (start === undefined) return call(undefined);
  return runOperation(start, (operation) => {
    if (operation !== undefined) evaluates(tap, operation, args[0], sequence);
    return call(operation);
  });
}

function evaluates(tap: SequenceTap, operation: Operation, tokens: unknown, sequence: unknown): void {
  operation.evaluates(tap, Array.isArray(tokens) ? tokens : [], positionOf(sequence));
}

/** Whether the engine itself asks for an evaluation in the midst of another one: it evicted tokens and could not move the rest. */
function isInner(options: unknown): boolean {
  return isObject(options) && Reflect.get(options, "_skipLock") === true;
}

/** Whether the engine itself asks, in another's midst or not: when the app erases tokens, what it keeps may have to be evaluated again. */
function isEngines(options: unknown): boolean {
  return isObject(options) && Reflect.has(options, "_skipLock");
}

/** Whether an evaluation outside of any call is an inference of its own: on an observed sequence, unless a token predictor asks for it. */
function isBare(tap: SequenceTap, sequence: unknown): boolean {
  return tap.scope !== undefined && isObject(sequence) && !drafts().has(sequence);
}

function startBare(tap: SequenceTap, sequence: object, options: unknown): Operation | undefined {
  const start = bareStart(tap, sequence, options);
  return start?.host.diagnostics.guard("adapter", "starting an evaluation", () => new Operation(start));
}

function bareStart(tap: SequenceTap, sequence: object, options: unknown): OperationStart | undefined {
  const { scope } = tap;
  if (scope === undefined) return undefined;
  const embeds = isObject(options) && Reflect.get(options, "_noSampling") === true;
  return {
    host: scope.host,
    model: nameIn(scope, Reflect.get(sequence, "model")),
    forReader: scope.forReader,
    operation: embeds ? "embeddings" : "text_completion",
    options,
    level: bareLevel,
    startsOver: embeds,
    sequence,
    tap,
    release: tap.hold(),
  };
}

/** `controlledEvaluate` answers with an item for each token that something was asked of, and holes for the others. */
function generatedIn(items: unknown): number {
  if (!Array.isArray(items)) return 0;
  return items.filter((item) => typeof at(at(item, "next"), "token") === "number").length;
}

function at(holder: unknown, name: string): unknown {
  return isObject(holder) ? Reflect.get(holder, name) : undefined;
}
