import { disguise, type Method, patchMethods } from "../adapter/patches.ts";
import type { Diagnostics } from "../base/diagnostics.ts";
import { invalidArgument } from "../base/errors.ts";
import { valueAt } from "../base/received.ts";
import { requestScopes } from "../request/scope.ts";
import { type Entry, EntryHandle } from "./entry.ts";
import { followWait, type WaitOptions } from "./wait.ts";

/** A function that is called as p-limit's is, or an object that is used as p-queue's is. */
export type Limiter = ((...args: never[]) => unknown) | { add(...args: never[]): unknown };

const expected = "a limiter such as p-limit's function or a p-queue; observe other queues by wait() or enter()";

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is no limiter */
export function checkLimiter(limiter: unknown): void {
  if (typeof limiter === "function" || typeof valueAt(limiter, "add") === "function") return;
  throw invalidArgument("what is to be wrapped", limiter, expected);
}

/** Observes the tasks of one limiter: each enters when it is handed over, and is admitted when it starts. */
export class LimiterTap {
  readonly #begin: (signal?: AbortSignal) => Entry | undefined;
  readonly #options: Pick<WaitOptions, "isRefusal"> | undefined;
  readonly #diagnostics: Diagnostics;
  /** Those whose task has not started. */
  readonly #waiting = new Set<Entry>();

  /** @param begin enters the queue; nothing where nobody observes it now */
  constructor(
    begin: (signal?: AbortSignal) => Entry | undefined,
    options: Pick<WaitOptions, "isRefusal"> | undefined,
    diagnostics: Diagnostics,
  ) {
    this.#begin = begin;
    this.#options = options;
    this.#diagnostics = diagnostics;
  }

  /**
   * @returns what to use in the limiter's place
   * @throws TypeError where its methods cannot be replaced
   */
  on(limiter: Limiter): object {
    if (typeof limiter === "function") return this.#onFunction(limiter as Method);
    patchMethods(limiter, {
      add: (original) => this.#adding(original),
      clear: (original) => this.#clearing(original),
    });
    return limiter;
  }

  #onFunction(limit: Method): object {
    const tap = this;
    // a method has no prototype, as an arrow function has none
    const { hand } = {
      hand(this: unknown, ...args: unknown[]) {
        return tap.#hand(limit, this, args, undefined);
      },
    };
    const observed = disguise(hand, limit);
    const { map, clearQueue } = Object(limit) as Readonly<Record<string, unknown>>;
    return withPropertiesOf(limit, observed, {
      ...(typeof map === "function" && { map: this.#mapping(map as Method) }),
      ...(typeof clearQueue === "function" && { clearQueue: this.#clearing(clearQueue as Method) }),
    });
  }

  #adding(original: Method): Method {
    const tap = this;
    return function (...args) {
      const signalOf = () => valueAt(args[1], "signal") as AbortSignal | undefined;
      const signal = tap.#diagnostics.guard("adapter", "reading the signal of a task", signalOf);
      return tap.#hand(original, this, args, signal);
    };
  }

  /** Calls the limiter's own method. What is no task passes as it came, and what never started when its promise is settled was dropped. */
  #hand(method: Method, self: unknown, args: unknown[], signal: AbortSignal | undefined): unknown {
    const [task, ...rest] = args;
    const entry = typeof task === "function" ? this.#enter(signal) : undefined;
    if (entry === undefined) return Reflect.apply(method, self, args);
    const call = () => Reflect.apply(method, self, [observedTask(task as Method, entry), ...rest]);
    const options = { ...this.#options, signal };
    return followWait(call, entry, { options, fulfilled: "left", diagnostics: this.#diagnostics });
  }

  #enter(signal?: AbortSignal): EntryHandle | undefined {
    const entry = this.#begin(signal);
    if (entry === undefined) return undefined;
    entry.joinGroup(this.#waiting);
    return new EntryHandle(entry);
  }

  /** The method hands its items over by itself, each when it takes it from the list. */
  #mapping(original: Method): Method {
    const tap = this;
    return disguise(function (...args) {
      const [items, mapper, ...rest] = args;
      if (typeof mapper !== "function" || !isIterable(items)) return Reflect.apply(original, this, args);
      const entries: (EntryHandle | undefined)[] = [];
      const observed: Method = function (...given) {
        entries[Number(given[1])]?.admitted();
        return Reflect.apply(mapper, this, given);
      };
      const entering = enteringBy(items, () => entries.push(tap.#enter()));
      return Reflect.apply(original, this, [entering, observed, ...rest]);
    }, original);
  }

  /** What waits is thrown away, and its promise may never be settled. What was taken out of the line before starts within this microtask. */
  #clearing(original: Method): Method {
    const tap = this;
    return disguise(function (...args) {
      const cleared = [...tap.#waiting];
      queueMicrotask(() => {
        for (const entry of cleared) entry.end("left");
      });
      return Reflect.apply(original, this, args);
    }, original);
  }
}

/**
 * p-queue starts a task in the context of the task that made room for it, which is another request's. What we know of the request is the adder's
 * all the same; the app's own storages and its active span are what they would be without us.
 */
function observedTask(task: Method, entry: EntryHandle): Method {
  const scopes = requestScopes();
  const added = scopes.getStore();
  return function (...args) {
    entry.admitted();
    const start = () => Reflect.apply(task, this, args);
    return scopes.getStore() === added ? start() : scopes.run(added as NonNullable<typeof added>, start);
  };
}

function isIterable(items: unknown): items is Iterable<unknown> {
  return items !== undefined && items !== null && typeof Reflect.get(Object(items), Symbol.iterator) === "function";
}

function* enteringBy(items: Iterable<unknown>, enter: () => void): Generator<unknown, void> {
  for (const item of items) {
    enter();
    yield item;
  }
}

const ofFunctions = ["name", "length", "prototype", "arguments", "caller"] as const satisfies readonly PropertyKey[];

/** Gives `observed` the properties of `limit`, each read and written there; methods run on `limit`, too. */
function withPropertiesOf(limit: Method, observed: Method, replaced: Readonly<Record<string, Method>>): Method {
  Object.setPrototypeOf(observed, Object.getPrototypeOf(limit));
  const methods = new Map<PropertyKey, Method>();
  for (const [name, method] of Object.entries(replaced)) methods.set(name, onto(limit, observed, method));
  for (const [name, { enumerable = false, writable, set: setter }] of propertiesOf(limit)) {
    const get = () => methods.get(name) ?? Reflect.get(limit, name);
    const set = (value: unknown) => {
      methods.delete(name);
      Reflect.set(limit, name, value);
    };
    const isWritable = writable === true || setter !== undefined;
    Object.defineProperty(observed, name, { get, ...(isWritable && { set }), enumerable, configurable: true });
  }
  return observed;
}

function onto(limit: Method, observed: Method, method: Method): Method {
  return disguise(function (...args) {
    return Reflect.apply(method, this === observed ? limit : this, args);
  }, method);
}

function propertiesOf(limit: Method): readonly (readonly [PropertyKey, PropertyDescriptor])[] {
  return Reflect.ownKeys(limit)
    .filter((name) => !ofFunctions.some((known) => known === name))
    .map((name) => [name, Object.getOwnPropertyDescriptor(limit, name) ?? {}]);
}
