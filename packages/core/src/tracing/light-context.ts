import { type Context, context, ROOT_CONTEXT, type Span, trace } from "@opentelemetry/api";

/**
 * A context as OpenTelemetry's API has it, whose functions are its class's. Those of the API have three each, assigned to properties, which
 * V8 allocates among the old objects: whatever such a context holds outlives every scavenge, until the next full garbage collection.
 */
class LightContext implements Context {
  readonly #entries: ReadonlyMap<symbol, unknown>;

  constructor(entries: ReadonlyMap<symbol, unknown>) {
    this.#entries = entries;
  }

  getValue(key: symbol): unknown {
    return this.#entries.get(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return new LightContext(this.#copy().set(key, value));
  }

  deleteValue(key: symbol): Context {
    const entries = this.#copy();
    entries.delete(key);
    return new LightContext(entries);
  }

  #copy(): Map<symbol, unknown> {
    // most are made from the empty one, and to ask it for its entries costs more than all the rest
    return this.#entries.size === 0 ? new Map() : new Map(this.#entries);
  }
}

/** Holds nothing, as OpenTelemetry's `ROOT_CONTEXT` does; what is made from it is light. */
export const lightRoot: Context = new LightContext(new Map());

/** The active context with `span` as the active span. */
export function activeContextWith(span: Span): Context {
  const active = context.active();
  return trace.setSpan(active === ROOT_CONTEXT ? lightRoot : active, span);
}
