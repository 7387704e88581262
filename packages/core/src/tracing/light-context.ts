import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";

/**
 * A context that is one entry and its parent. Those of OpenTelemetry's API have three functions each, assigned to properties, which V8
 * allocates among the old objects: whatever such a context holds outlives every scavenge, until the next full garbage collection.
 */
class LightContext implements Context {
  readonly #parent: Context | undefined;
  readonly #key: symbol | undefined;
  readonly #value: unknown;

  constructor(parent?: Context, key?: symbol, value?: unknown) {
    this.#parent = parent;
    this.#key = key;
    this.#value = value;
  }

  getValue(key: symbol): unknown {
    return key === this.#key ? this.#value : this.#parent?.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new LightContext(this, key, value);
  }

  deleteValue(key: symbol): Context {
    return new LightContext(this, key, undefined);
  }
}

/** Holds nothing, as OpenTelemetry's `ROOT_CONTEXT` does; what is made from it is light. */
export const lightRoot: Context = new LightContext();

/** The active context with `span` as the active span. */
export function activeContextWith(span: Span): Context {
  const active = context.active();
  return trace.setSpan(active === ROOT_CONTEXT ? lightRoot : active, span);
}
