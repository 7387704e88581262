import type { InferenceHandle, Message } from "@aiwatch/core";
import {
  copyWith,
  isObject,
  type Method,
  observeTool,
  type PatchedFor,
  patchMethods,
  type Undo,
} from "@aiwatch/core/adapter";
import { type CallSpec, calls } from "../engine/calls.ts";
import type { CallerKind } from "../engine/objects.ts";
import type { SequenceLike } from "../engine/types.ts";
import type { Operation, OperationStart } from "../operation/operation.ts";
import { operations, runOperation } from "../operation/run-operation.ts";
import { thoughtCounterOf } from "../operation/thought-counter.ts";
import { holdTap, tappedSequences } from "../sequence/tap-sequence.ts";
import { nameIn, type Scope } from "./observed-object.ts";

/** Where a caller's calls are reported. */
export interface Place {
  readonly scope: Scope;
  readonly sequence: SequenceLike;
}

/**
 * Wraps the methods of an object, or of a class's prototype, that make a model work.
 * @param placeOf where a call is reported; `undefined` for objects that are not observed
 */
export function observeCalls(
  target: object,
  kind: CallerKind,
  patchedFor: PatchedFor,
  placeOf: (caller: object) => Place | undefined,
): Undo {
  const wraps = Object.entries(calls[kind]).map(
    ([name, spec]) => [name, observeCall(spec, patchedFor, placeOf)] as const,
  );
  return patchMethods(target, Object.fromEntries(wraps), patchedFor);
}

function observeCall(spec: CallSpec, patchedFor: PatchedFor, placeOf: (caller: object) => Place | undefined) {
  return (original: Method): Method =>
    function (...args) {
      const start = isObject(this) ? startOf(spec, patchedFor, this, args, placeOf) : undefined;
      if (!isObject(this) || start === undefined) return Reflect.apply(original, this, args);
      return runOperation(start, (operation) => {
        return Reflect.apply(original, this, prepare(spec, operation, start, this, args));
      });
    };
}

function startOf(
  spec: CallSpec,
  patchedFor: PatchedFor,
  caller: object,
  args: readonly unknown[],
  placeOf: (caller: object) => Place | undefined,
): OperationStart | undefined {
  const place = placeOf(caller);
  if (place === undefined) return undefined;
  const { scope, sequence } = place;
  return scope.host.diagnostics.guard("adapter", "following a call", () => {
    if (isPart(spec, patchedFor, caller, sequence)) return undefined;
    return {
      host: scope.host,
      model: nameIn(scope, sequence.model),
      forReader: scope.forReader,
      operation: spec.operation,
      options: spec.options === undefined ? undefined : args[spec.options],
      level: spec.level,
      startsOver: spec.startsOver,
      wholeContext: spec.wholeContext,
      caller,
      byOwnMethod: patchedFor === "itself",
      sequence,
      thoughts: thoughtCounterOf(caller, sequence),
      ...holdTap(sequence),
    };
  });
}

/** A chat's call inside a session's is a part of it, and so is a method of the class inside the same one of the object. */
function isPart(spec: CallSpec, patchedFor: PatchedFor, caller: object, sequence: object): boolean {
  const running = operations().getStore();
  if (running?.covers(tappedSequences().get(sequence)) !== true) return false;
  return running.level > spec.level || (patchedFor === "everyone" && running.leadsTo(caller));
}

function prepare(
  spec: CallSpec,
  operation: Operation | undefined,
  { host }: OperationStart,
  caller: object,
  args: readonly unknown[],
): readonly unknown[] {
  if (operation === undefined) return args;
  const { diagnostics } = host;
  diagnostics.guard("adapter", "capturing a prompt", () => {
    if (operation.inference.capturesContent) captureInput(operation.inference, caller, args);
  });
  const index = spec.runsFunctions === true ? spec.options : undefined;
  if (index === undefined) return args;
  return diagnostics.guard("adapter", "observing functions", () => observeFunctions(args, index, operation)) ?? args;
}

/** The arguments of a call with its functions observed, in copies of the options and the definitions. */
function observeFunctions(args: readonly unknown[], index: number, operation: Operation): readonly unknown[] {
  const options = args[index];
  if (!isObject(options)) return args;
  const functions: unknown = Reflect.get(options, "functions");
  if (!isObject(functions)) return args;
  const definitions = Object.entries(functions).filter((entry): entry is [string, object] => hasHandler(entry[1]));
  if (definitions.length === 0) return args;
  const observed = definitions.map(([name, definition]) => {
    const description: unknown = Reflect.get(definition, "description");
    const start = { name, ...(typeof description === "string" && { description }) };
    return [name, observeTool(definition, "handler", start, operation)] as const;
  });
  return args.with(index, copyWith(options, { functions: copyWith(functions, Object.fromEntries(observed)) }));
}

function hasHandler(definition: unknown): boolean {
  return isObject(definition) && typeof Reflect.get(definition, "handler") === "function";
}

/** Hands a call's prompt to an inference whose app opted in. What is no text, such as an array of tokens, is left out. */
export function captureInput(inference: InferenceHandle, caller: object, args: readonly unknown[]): void {
  const [input] = args;
  const history = Array.isArray(input) ? messagesOf(input) : [];
  const messages: readonly Message[] = typeof input === "string" ? [{ role: "user", text: input }] : history;
  const instructions = [...history, ...sessionHistory(caller)].find(({ role }) => role === "system")?.text;
  inference.input(
    messages.filter(({ role }) => role !== "system"),
    instructions,
  );
}

/** A session knows its system prompt; a chat is given it with the history. */
function sessionHistory(session: object): readonly Message[] {
  const getChatHistory: unknown = Reflect.get(session, "getChatHistory");
  if (typeof getChatHistory !== "function") return [];
  const history: unknown = Reflect.apply(getChatHistory, session, []);
  return Array.isArray(history) ? messagesOf(history) : [];
}

const roles = { system: "system", user: "user", model: "assistant" } as const satisfies Record<string, Message["role"]>;

function messagesOf(history: readonly unknown[]): readonly Message[] {
  return history.filter(isObject).flatMap((item) => {
    const type: unknown = Reflect.get(item, "type");
    if (type !== "system" && type !== "user" && type !== "model") return [];
    const text = type === "model" ? textOf(Reflect.get(item, "response")) : textOf(Reflect.get(item, "text"));
    return [{ role: roles[type], text }];
  });
}

/** A text, a list of them, or the JSON of a `LlamaText`: the texts in it, one after the other. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(textOf).join("");
  if (!isObject(content)) return "";
  return textOf(Reflect.get(content, "text") ?? Reflect.get(content, "value") ?? Reflect.get(content, "values") ?? "");
}
