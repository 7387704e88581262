import { processWide } from "./process-wide.ts";

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
