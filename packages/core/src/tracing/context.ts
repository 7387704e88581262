import { type Context, context, createContextKey, ROOT_CONTEXT, type Span } from "@opentelemetry/api";

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
  return contextWith(active === ROOT_CONTEXT ? lightRoot : active, span);
}

/** `parent` with `span` as the active span. */
export function contextWith(parent: Context, span: Span): Context {
  return new SpanContext(parent, span);
}

/** Where OpenTelemetry's API looks for the active span: `trace.getSpan` names no key. */
const spanKey = createContextKey("OpenTelemetry Context Key SPAN");

/** A context with one more value, the span, which most are made for: it costs a fraction of a map. */
class SpanContext implements Context {
  readonly #parent: Context;
  readonly #span: Span;

  constructor(parent: Context, span: Span) {
    this.#parent = parent;
    this.#span = span;
  }

  getValue(key: symbol): unknown {
    return key === spanKey ? this.#span : this.#parent.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    if (key === spanKey) return this.#parent.setValue(key, value);
    return this.#parent.setValue(spanKey, this.#span).setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return key === spanKey
      ? this.#parent.deleteValue(key)
      : this.#parent.deleteValue(key).setValue(spanKey, this.#span);
  }
}

/** What the app's OpenTelemetry keeps the active context by. Newer ones can be told a context without a function to run in it. */
interface ContextManager {
  attach?(active: Context): unknown;
}

/** Where the first major version of OpenTelemetry's API keeps what was registered. */
const registered: unique symbol = Symbol.for("opentelemetry.js.api.1");

function contextManager(): ContextManager | undefined {
  const global = globalThis as { readonly [registered]?: { readonly context?: ContextManager } };
  return global[registered]?.context;
}

/** Whether the app has registered a manager of contexts: OpenTelemetry's API without one calls what is to run, and does nothing else. */
export function hasContextManager(): boolean {
  return contextManager() !== undefined;
}

let asked: { readonly manager: ContextManager; readonly canAttach: boolean } | undefined;

/**
 * Makes `active` the active context for whoever leaves its asynchronous scope anyway. To run in a context puts back in the end what was active
 * before, in one more copy of all that the asynchronous context holds.
 * @returns false where the app's manager of contexts cannot do it, or fails
 */
export function attach(active: Context): boolean {
  const manager = contextManager();
  if (manager === undefined) return false;
  if (asked?.manager !== manager) asked = { manager, canAttach: canAttach(manager) };
  if (!asked.canAttach) return false;
  try {
    manager.attach?.(active);
    return true;
  } catch {
    return false;
  }
}

/** Vendors extend OpenTelemetry's manager by a `with` of their own, which its `attach` knows nothing of. */
function canAttach(manager: object): boolean {
  const holder = holderOf(manager, "attach");
  return holder !== undefined && holder !== manager && holder === holderOf(manager, "with");
}

function holderOf(object: object, name: string): object | undefined {
  for (let holder: object | null = object; holder !== null; holder = Object.getPrototypeOf(holder)) {
    if (Object.hasOwn(holder, name)) return holder;
  }
  return undefined;
}

/** Runs `action` with `contextOf()` as the active context. A context manager of the app's tracing that throws must not cost the action. */
export function runIn<Result>(
  contextOf: () => Context,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let active: Context;
  try {
    active = contextOf();
  } catch (error) {
    report(error);
    return action();
  }
  return runWith(active, action, report);
}

/** As `runIn`, in a context that is known. */
export function runWith<Result>(active: Context, action: () => Result, report: (error: unknown) => void): Result {
  return runOnceIn<Context, Result>(enterContext, active, action, report);
}

function enterContext<Result>(active: Context, inside: () => Result): Result {
  return context.with(active, inside);
}

/** Where OpenTelemetry's SDK looks whether spans are to be made: `suppressTracing` of its core names no key. */
const suppressKey = createContextKey("OpenTelemetry SDK Context Key SUPPRESS_TRACING");

const untraced = ROOT_CONTEXT.setValue(suppressKey, true);

/**
 * Runs `action` outside of every trace: what it begins belongs to no request's trace, and the app's SDK makes no spans of it. For what a package
 * asks on its own account, such as a model server's figures.
 * @example const figures = await runUntraced(() => readFigures());
 */
export function runUntraced<Result>(action: () => Result): Result {
  return runWith(untraced, action, () => {});
}

/**
 * Runs `action` inside of what `around` does, and exactly once: where `around` throws by itself, before the action or after it, that is
 * reported and costs nothing. What the action returns or throws is what the caller gets.
 *
 * No `catch` sees the action's own error: thrown again from here, it would crash the app with our line shown in the place of the app's. So
 * nobody sees what `around` throws, either, and `report` hears no more than when it did.
 * @example runOnce((inside) => storage.run(store, inside), handle, (error) => diagnostics.fault("adapter", "entering", error));
 */
export function runOnce<Result>(
  around: (inside: () => Result) => Result,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  return runOnceIn((enter, inside) => enter(inside), around, action, report);
}

/** The one function that is made for each run is `inside`: requests enter their scope by this. */
function runOnceIn<Where, Result>(
  enter: (where: Where, inside: () => Result) => Result,
  where: Where,
  action: () => Result,
  report: (error: unknown) => void,
): Result {
  let called = false;
  let returned = false;
  let result: Result | undefined;
  const inside = () => {
    called = true;
    result = action();
    returned = true;
    return result;
  };
  let isDone = false;
  try {
    const value = enter(where, inside);
    isDone = true;
    return value;
  } finally {
    if (!isDone && called === returned) {
      report(new Error(`thrown ${called ? "after" : "before"} the action`));
      // biome-ignore lint/correctness/noUnsafeFinally: what is overruled here is a fault of `enter`, never the action's error
      return returned ? (result as Result) : action();
    }
  }
}
