import { currentCorrelation } from "@aiwatch/core";
import { field } from "../fields.ts";
import { isOwnLine } from "../lines/own-line.ts";
import { mergeLine } from "./merge-line.ts";
import { ownData } from "./plain-data.ts";

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

/**
 * Remembers which of our names the app has bound by itself, so that no line holds one of them twice. What a parent binds later is no part of
 * its children.
 */
export function noteBindings(logger: object, bindings: object | null | undefined): void {
  const marked: Marked = logger;
  const bound = added.filter((name) => ownData(bindings ?? nothing, name) !== undefined);
  marked[boundKey] = bound.length === 0 ? (marked[boundKey] ?? none) : [...(marked[boundKey] ?? none), ...bound];
}

const none: readonly string[] = [];

const nothing = Object.freeze({});

/** pino's `mixinMergeStrategy`: what the app says wins. */
export function merge(line: object, fields: object): object {
  return isOwnLine(line) ? line : mergeLine(line, fields);
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
