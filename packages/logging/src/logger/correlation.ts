import { type Correlation, currentCorrelation } from "@aiwatch/core";
import { field } from "../fields.ts";
import { isOwnLine } from "../lines/own-line.ts";
import { snapshotOf } from "./http-snapshot.ts";
import { ownData } from "./plain-data.ts";
import { textJson } from "./text.ts";

const componentKey: unique symbol = Symbol.for("@aiwatch/logging/component");
const boundKey: unique symbol = Symbol.for("@aiwatch/logging/bound");

/** What we keep on a logger. Children inherit it through their prototype. */
interface Marked {
  [componentKey]?: string | undefined;
  /** Which of the names that we add the logger's own bindings hold already. */
  [boundKey]?: readonly string[];
}

/** The names that a logger adds to each line. */
export const correlationNames = [field.component, field.requestId, field.traceId, field.spanId] as const;

const none: readonly string[] = [];

const nothing = Object.freeze({});

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
  const bound = correlationNames.filter((name) => ownData(bindings ?? nothing, name) !== undefined);
  marked[boundKey] = bound.length === 0 ? (marked[boundKey] ?? none) : [...(marked[boundKey] ?? none), ...bound];
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
  for (const name of marked[boundKey] ?? none) delete fields[name];
  return fields;
}

/** What `correlate` adds, as the beginning of a line's fields; `undefined` where pino has to write it. */
export function correlationText(logger: object): string | undefined {
  const marked: Marked = logger;
  const component = marked[componentKey];
  const bound = marked[boundKey] ?? none;
  if (component !== undefined && typeof component !== "string") return undefined;
  const ids = currentCorrelation();
  if (bound.length > 0) return boundText(component, ids, bound);
  return component === undefined ? idsText(ids) : componentText(component) + idsText(ids);
}

function boundText(component: string | undefined, ids: Correlation, bound: readonly string[]): string {
  const fields: Readonly<Record<string, string | undefined>> = { component, ...ids };
  const left = correlationNames.filter((name) => fields[name] !== undefined && !bound.includes(name));
  return left.map((name) => fieldText(name, fields[name])).join("");
}

function fieldText(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${textJson(value)}`;
}

/** An app has a few components, and they are in every line. */
const components = new Map<string, string>();

function componentText(component: string): string {
  const known = components.get(component);
  if (known !== undefined) return known;
  const text = fieldText(field.component, component);
  if (components.size < 500) components.set(component, text);
  return text;
}

/** Those of the last line, and their text: lines of one request come together. */
let lastIds: Correlation = {};
let lastText = "";

function idsText(ids: Correlation): string {
  const { requestId, traceId, spanId } = ids;
  if (requestId !== lastIds.requestId || traceId !== lastIds.traceId || spanId !== lastIds.spanId) {
    lastText =
      fieldText(field.requestId, requestId) + fieldText(field.traceId, traceId) + fieldText(field.spanId, spanId);
    lastIds = ids;
  }
  return lastText;
}

/** pino's own words for what it cannot write. */
export const unwritable = "[unable to serialize, circular reference is too complex to analyze]";

/** pino's `mixinMergeStrategy`: the app's fields win. */
export function merge(line: object, fields: object): object {
  return isOwnLine(line) ? line : mergeLine(line, fields);
}

/**
 * The fields that a logger adds, and those of the line, which win. A line that is a request or a response itself is written as one. Where
 * a getter throws, which plain pino would throw into the app, pino's words for what it cannot write are its value.
 */
function mergeLine(line: object, fields: object): object {
  try {
    const merged = Object.assign(fields, snapshotOf(line) ?? line);
    if (Object.hasOwn(line, "__proto__")) define(merged, line, "__proto__");
    return merged;
  } catch {
    return mergeReadable(line, fields);
  }
}

function mergeReadable(line: object, fields: object): object {
  try {
    for (const name of Object.keys(line)) define(fields, line, name);
  } catch {
    // a line whose names cannot be seen has none; its message is written all the same
  }
  return fields;
}

function define(fields: object, line: object, name: string): void {
  let value: unknown = unwritable;
  try {
    value = Reflect.get(line, name);
  } catch {
    // it is said in pino's words
  }
  Object.defineProperty(fields, name, { value, enumerable: true, configurable: true, writable: true });
}
