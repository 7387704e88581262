import manifest from "../../package.json" with { type: "json" };

/**
 * What must exist once in a process, however many copies of a package are loaded: its ES modules and its CommonJS, its releases, two
 * installations. They share no module variables; they share `globalThis`.
 *
 * A copy finds what another one made if both name the slot by the same `shape`. Raise it when what lies there changes so that a copy from
 * before could not use it: each shape has a slot of its own. It is never the package's version, since most releases change no shape.
 * @param name the package, then the slot
 * @param shape the version of what lies in the slot
 * @param make makes it, at the first call in the process
 * @returns finds it
 * @example
 * const operations = processWide("@aiwatch/llamacpp/operations", 1, () => new AsyncLocalStorage<Operation>());
 * operations().getStore();
 */
export function processWide<Value>(name: string, shape: number | string, make: () => Value): () => Value {
  const key = Symbol.for(`${name}/${shape}`);
  const holder = globalThis as { [key]?: { readonly value: Value } };
  // looked for once: a look-up by a key that differs from slot to slot costs 100 ns, and some are asked for several times a request
  let found: { readonly value: Value } | undefined;
  return () => {
    if (found === undefined) {
      holder[key] ??= { value: make() };
      found = holder[key];
    }
    return found.value;
  };
}

interface Default<Instance> {
  /** The first instance that was created, until it is closed. */
  instance: Instance | undefined;
}

const slot = processWide("@aiwatch/core/default-instance", 1, (): Default<unknown> => ({ instance: undefined }));

/** The instance that is used where none is named. The caller names the type that it needs: this file must not import the class. */
export function defaultOf<Instance>(): Default<Instance> {
  return slot() as Default<Instance>;
}

/** Delivers what is held back and closes what is open. */
export type Closer = () => void | Promise<void>;

/** What `close()` flushes besides an instance's own observers: the tracing SDK, for one. */
export const sharedClosers = processWide("@aiwatch/core/closers", 1, () => new Set<Closer>());

/**
 * Adds what the `close()` of every instance calls, for what belongs to the process.
 * @returns removes it
 * @example onClose(() => provider.forceFlush());
 */
export function onClose(closer: Closer): () => void {
  const closers = sharedClosers();
  closers.add(closer);
  return () => closers.delete(closer);
}

/** The version of this package. */
export const ownVersion: string = manifest.version;

/** A copy of one of our packages that has settings, and its rows by their names. */
export interface LoadedPackage {
  readonly name: string;
  /** Absent where the package does not know its own. */
  readonly version?: string;
  readonly rows: Readonly<Record<string, object>>;
}

/** What a setting was read as. Text that could hold a secret is not kept. */
export interface SettingReading {
  /** `option`, `default`, or the name of a variable. */
  readonly from: string;
  /** Absent where there is none, and where it is hidden. */
  readonly value?: string | number | boolean;
  readonly hidden?: true;
}

/** A kind of fault, as often as it happened. */
export interface NotedFault {
  readonly source: string;
  readonly what: string;
  /** The error's code or class, and the place that threw it. */
  readonly error: string;
  readonly count: number;
  /** By the process's monotonic clock. */
  readonly lastAt: number;
}

/** What this process has of AIWatch: noted where it comes to be, read by `@aiwatch/core/diagnostics` alone. */
export interface Inventory {
  /** In the order in which they were loaded. */
  readonly packages: LoadedPackage[];
  /** By row: the readings that differ, the latest last. */
  readonly readings: WeakMap<object, readonly SettingReading[]>;
  /** How often each is mounted, by its framework, the names of its options and its paths as JSON. */
  readonly doors: Map<string, number>;
  /** The engines that adapters observe. */
  readonly engines: Set<string>;
  /** By kind, the latest last. */
  readonly faults: Map<string, NotedFault>;
}

export const inventory = processWide(
  "@aiwatch/core/inventory",
  1,
  (): Inventory => ({
    packages: [],
    readings: new WeakMap(),
    doors: new Map(),
    engines: new Set(),
    faults: new Map(),
  }),
);
