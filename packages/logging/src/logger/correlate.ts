import { currentCorrelation } from "@aiwatch/core";
import { field } from "../fields.ts";
import { isOwnLine } from "../lines/own-line.ts";
import { plainMessage } from "./http-message.ts";

const componentKey: unique symbol = Symbol.for("@aiwatch/logging/component");
const boundKey: unique symbol = Symbol.for("@aiwatch/logging/bound");

/** What a logger made here knows of itself; children inherit it through their prototype. */
interface Marked {
  [componentKey]?: string | undefined;
  /** Which of the names that we add the logger's own bindings hold already. */
  [boundKey]?: readonly string[];
}

const added: readonly string[] = [field.component, field.requestId, field.traceId, field.spanId];

/** Names the component of a logger. It is no binding: those of a child and of its parent would both stand in the line. */
export function setComponent(logger: object, component: string): void {
  const marked: Marked = logger;
  marked[componentKey] = component;
}

/** pino's `onChild`: remembers which of our names the app has bound by itself, so that no line holds a name twice. */
export function noteBindings(child: { bindings(): Record<string, unknown> } & Marked): void {
  const bindings = child.bindings();
  const bound = added.filter((name) => name in bindings);
  if (bound.length > 0) child[boundKey] = bound;
}

/** pino's own words for what it cannot write. */
export const unwritable = "[unable to serialize, circular reference is too complex to analyze]";

const nothing = Object.freeze({});

/** pino's `mixinMergeStrategy`: what the app says wins. A line that is a request or a response itself is shown as one. */
export function merge(line: object, added: object): object {
  if (added === nothing) return line;
  try {
    return Object.assign(added, plainMessage(line) ?? line);
  } catch {
    return assignReadable(added, line);
  }
}

/** What a getter that throws would say is told in pino's own words for it; a line whose names cannot be seen has none. */
function assignReadable(added: object, line: object): object {
  try {
    for (const name of Object.keys(line)) Reflect.set(added, name, readOr(line, name, unwritable));
  } catch {
    // the message is written all the same
  }
  return added;
}

function readOr(line: object, name: string, otherwise: string): unknown {
  try {
    return Reflect.get(line, name);
  } catch {
    return otherwise;
  }
}

/** pino's `mixin`: the logger's component, and the ids of the request and span that the line is written in. */
export function correlate(line: object, _level: number, logger: object): object {
  if (isOwnLine(line)) return nothing;
  const marked: Marked = logger;
  const component = marked[componentKey];
  const fields: Record<string, string> = {
    ...(component !== undefined && { [field.component]: component }),
    ...currentCorrelation(),
  };
  for (const name of marked[boundKey] ?? []) delete fields[name];
  return fields;
}
