/**
 * The JSON of `GET /metrics/diagnostics`. It holds no import: a page in a browser and a program on the command line read the answer by these types.
 */

/** The number of this shape. A higher one has fields that mean something else; fields may be added without one. */
export const diagnosticsSchema = 1;

/** What `GET /metrics/diagnostics` answers: what this one process has of AIWatch. */
export interface DiagnosticsAnswer {
  readonly schema: typeof diagnosticsSchema;
  /** The service's name, as in `/health`. */
  readonly service: string;
  /** The version of the copy of `@aiwatch/core` that answers. */
  readonly aiwatch: string;
  readonly process: ProcessFacts;
  /** Every setting of each package that is loaded, in the order of its documentation. */
  readonly settings: readonly SettingFacts[];
  /** The doors that are mounted. */
  readonly doors: readonly DoorFacts[];
  /** The engines that adapters observe, by name. */
  readonly adapters: readonly string[];
  /** The versions of what serves the models, by name, such as `llama.cpp`. */
  readonly engineVersions: Readonly<Record<string, string>>;
  readonly registry: RegistryFacts;
  readonly copies: CopyFacts;
  /** The packages that are installed where the app looks for them. */
  readonly packages: readonly PackageFacts[];
  /** The last 20 kinds of faults of AIWatch itself, the latest first. */
  readonly faults: readonly FaultFacts[];
}

export interface ProcessFacts {
  /** Node's version. */
  readonly node: string;
  /** Such as `linux`. */
  readonly platform: string;
  /** Such as `x64`. */
  readonly arch: string;
  readonly pid: number;
  readonly uptimeSeconds: number;
}

export interface SettingFacts {
  /** The package that has the setting. */
  readonly package: string;
  /** Its name there. */
  readonly name: string;
  /** The option, such as `health.timeoutMs`; absent where variables alone set it. */
  readonly option?: string;
  /** The environment variables that set it, the strongest first. */
  readonly variables: readonly string[];
  /** Those of them that are set now, whether or not they were when it was read. */
  readonly set: readonly string[];
  /**
   * What it was read as. Several readings differ: two instances, doors or loggers with options of their own; the latest is the last. Empty where
   * nothing in this process has read it: a variable that is in `set` has no effect then.
   */
  readonly readings: readonly ReadingFacts[];
}

export interface ReadingFacts {
  readonly from: "option" | "variable" | "default";
  /** The variable's name, where it came from one. */
  readonly variable?: string;
  /** Absent where there is none, and where it is hidden. URLs are without credentials and query. */
  readonly value?: string | number | boolean;
  /** There is a value, and it may hold a secret, such as headers. */
  readonly hidden?: true;
}

export interface DoorFacts {
  /** `express`, `fastify`, `hono` or `node:http`. */
  readonly framework: string;
  /** The names of the options that it was given. */
  readonly options: readonly string[];
  /** The paths of AIWatch's own routes, within the place where it is mounted. */
  readonly routes: readonly string[];
  /** How often a door like this was mounted. */
  readonly mounts: number;
}

export interface RegistryFacts {
  /** Whether it is the global `register` of the prom-client that core uses. */
  readonly isGlobal: boolean;
  /** Whether core's own copy of prom-client made it. If not, there are two copies, or it is no registry of prom-client's. */
  readonly isOfOwnCopy: boolean;
}

export interface CopyFacts {
  /** The versions of the loaded copies of `@aiwatch/core`, in their order. Two of one version are its ES modules and its CommonJS. */
  readonly core: readonly string[];
  /** What copies share, by its name and shape. Two shapes of one name are two releases that do not share it. */
  readonly slots: readonly string[];
  /** Each `@opentelemetry/api` that has a global of its own, by the number of its global and the version that registered it first. */
  readonly openTelemetryApis: readonly { readonly global: string; readonly version?: string }[];
}

export interface PackageFacts {
  readonly name: string;
  /** Each place that it was found in. Two are two copies: what one knows the other does not. */
  readonly copies: readonly PackageCopy[];
}

export interface PackageCopy {
  /** Absent where its manifest cannot be read. */
  readonly version?: string;
  readonly path: string;
  /** Its CommonJS was loaded. Absent where that is not known: Node lists no ES modules. */
  readonly loaded?: true;
}

export interface FaultFacts {
  /** As in `genai_app_telemetry_errors_total`, which does not count what is at fault outside, such as a model server that is down. */
  readonly source: string;
  /** What was being done. */
  readonly what: string;
  /** The error's code or class, and the place that threw it. Never its message. */
  readonly error: string;
  readonly count: number;
  /** How long ago it happened last, in milliseconds. */
  readonly lastMsAgo: number;
}
