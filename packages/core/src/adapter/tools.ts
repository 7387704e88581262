import type { Diagnostics } from "../base/diagnostics.ts";
import { isObject } from "../base/received.ts";
import type { InferenceHandle } from "../inference/inference-handle.ts";
import type { ToolHandle, ToolStart } from "../inference/tool-handle.ts";
import { runOnce } from "../tracing/context.ts";
import type { Method } from "./patches.ts";
import { copyWith } from "./received.ts";

/** The inference whose model calls functions of the app's. What its functions throw is reported to the diagnostics. */
export interface ToolOwner {
  readonly inference: InferenceHandle;
  readonly diagnostics: Diagnostics;
  /** Whether a function's error is the caller's own abort. */
  isAborted(error: unknown): boolean;
  /** A function failed, or was aborted. The same error may end the inference. */
  toolFailed?(error: unknown): void;
}

/**
 * Observes a function that a model calls, in a copy of the tool that holds it: each call becomes a tool call of the inference, with its span
 * active while the function runs. The app's own tool is not touched, and the function gets the `this` that it would have had.
 *
 * The engine gets what the function gave: the same value, the same promise, the same error. What is no promise and has a `then`, such as the
 * query of a database that begins when it is awaited, is awaited here, once, as the engine would have done.
 * @param tool holds the function, with whatever else the engine reads of it
 * @param method the function's property in it, such as `handler` or `execute`
 * @param start the function's name and description
 * @returns the copy to give the engine in its place; the tool itself where it has no such function
 * @example
 * const observed = observeTool(tool, "execute", { name: "weather" }, { inference, diagnostics, isAborted: () => false });
 */
export function observeTool(tool: object, method: string, start: ToolStart, owner: ToolOwner): object {
  const original: unknown = Reflect.get(tool, method);
  if (typeof original !== "function") return tool;
  const observed: Method = function (this: unknown, ...params: unknown[]) {
    const receiver = this === copy ? tool : this;
    const run = () => Reflect.apply(original as Method, receiver, params);
    const call = owner.diagnostics.guard("adapter", "starting a tool call", () => owner.inference.startTool(start));
    return call === undefined ? run() : follow(call, owner, run);
  };
  const copy = copyWith(tool, { [method]: observed });
  return copy;
}

function follow(call: ToolHandle, owner: ToolOwner, run: () => unknown): unknown {
  const { diagnostics } = owner;
  const ended = () => void diagnostics.guard("adapter", "ending a tool call", () => call.end());
  const report = (error: unknown) => diagnostics.fault("tracer", "activating a tool's span", error);
  let result: unknown;
  try {
    result = runOnce(
      (inside) => call.run(inside),
      () => awaitable(run()),
      report,
    );
  } catch (error) {
    fail(call, owner, error);
    throw error;
  }
  if (result instanceof Promise) result.then(ended, (error: unknown) => fail(call, owner, error));
  else ended();
  return result;
}

function fail(call: ToolHandle, owner: ToolOwner, error: unknown): void {
  const { diagnostics } = owner;
  const guard = <Result>(what: string, action: () => Result) => diagnostics.guard("adapter", what, action);
  guard("observing a tool's failure", () => owner.toolFailed?.(error));
  const isAborted = guard("asking whether a tool was aborted", () => owner.isAborted(error));
  const type = guard("naming a tool's error", () => toolErrorTypeOf(error));
  guard("failing a tool call", () => (isAborted === true ? call.abort() : call.fail(error, type)));
}

function awaitable(result: unknown): unknown {
  const canThen = isObject(result) || typeof result === "function";
  return canThen && !(result instanceof Promise) && "then" in result ? Promise.resolve(result) : result;
}

const nameLike = /^[\w$]{1,64}$/;

/**
 * The type of the error of a function that a model called. Such an error is the app's: it is named by its own name, else its class, and is
 * `tool_failed` where it has no class of its own.
 * @example
 * inference.fail(error, toolErrorTypeOf(error));
 */
export function toolErrorTypeOf(error: unknown): string {
  if (!(error instanceof Error) || error.constructor === Error) return "tool_failed";
  // a minifier renames classes, and never the names that they give themselves
  const namesItself = Object.hasOwn(error, "name") || Object.hasOwn(Object.getPrototypeOf(error), "name");
  const name: unknown = namesItself ? error.name : error.constructor.name;
  return typeof name === "string" && nameLike.test(name) ? name : "tool_failed";
}
