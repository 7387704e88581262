import type { ToolHandle } from "@aiwatch/core";
import type { Method } from "../patch/patch-method.ts";
import { isObject } from "../received.ts";
import type { Operation } from "./operation.ts";

/**
 * The arguments of a call with its functions observed. The caller's own objects are not touched: options, functions and the definitions are
 * copied, and each handler is called with the `this` that it would have had.
 */
export function observeFunctions(args: readonly unknown[], index: number, operation: Operation): readonly unknown[] {
  const options = args[index];
  if (!isObject(options)) return args;
  const functions: unknown = Reflect.get(options, "functions");
  if (!isObject(functions) || !Object.values(functions).some(hasHandler)) return args;
  const observed = copyOf(functions);
  for (const [name, definition] of Object.entries(functions)) {
    if (hasHandler(definition)) define(observed, name, observeDefinition(name, definition, operation));
  }
  const copy = copyOf(options);
  define(copy, "functions", observed);
  return args.with(index, copy);
}

interface Definition {
  readonly handler: Method;
}

function hasHandler(definition: unknown): definition is Definition {
  return isObject(definition) && typeof Reflect.get(definition, "handler") === "function";
}

function observeDefinition(name: string, definition: Definition, operation: Operation): object {
  const copy = copyOf(definition);
  const description: unknown = Reflect.get(definition, "description");
  const start = { name, ...(typeof description === "string" && { description }) };
  const { handler } = definition;
  const observed: Method = function (this: unknown, ...params: unknown[]) {
    const self = this === copy ? definition : this;
    const run = () => Reflect.apply(handler, self, params);
    const tool = operation.toolBegins(start);
    return tool === undefined ? run() : follow(tool, operation, run);
  };
  define(copy, "handler", observed);
  return copy;
}

/**
 * The engine awaits what the handler gives: the same promise stays. What is no promise and has a `then`, such as the query of a database that
 * begins when it is awaited, is awaited here, once, as it would have been there.
 */
function follow(tool: ToolHandle, operation: Operation, run: () => unknown): unknown {
  let result: unknown;
  try {
    result = operation.runTool(tool, () => awaitable(run()));
  } catch (error) {
    operation.toolFailed(tool, error);
    throw error;
  }
  if (!(result instanceof Promise)) {
    operation.toolEnded(tool);
    return result;
  }
  result.then(
    () => operation.toolEnded(tool),
    (error: unknown) => operation.toolFailed(tool, error),
  );
  return result;
}

function awaitable(result: unknown): unknown {
  const canThen = isObject(result) || typeof result === "function";
  return canThen && !(result instanceof Promise) && "then" in result ? Promise.resolve(result) : result;
}

/** Of a frozen object, too, and with the getters of its class reading from the object itself: they may need its private fields. */
function copyOf(source: object): object {
  const copy: object = Object.create(Object.getPrototypeOf(source));
  for (let holder = source; isObject(holder) && holder !== Object.prototype; holder = Object.getPrototypeOf(holder)) {
    for (const [name, descriptor] of Object.entries(Object.getOwnPropertyDescriptors(holder))) {
      if (Object.hasOwn(copy, name)) continue;
      const { enumerable = false, get } = descriptor;
      const read = { get: () => Reflect.get(source, name), enumerable, configurable: true };
      if (get !== undefined) Object.defineProperty(copy, name, read);
      else if (holder === source) Object.defineProperty(copy, name, { ...descriptor, configurable: true });
    }
  }
  return copy;
}

function define(target: object, name: string, value: unknown): void {
  Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
}
