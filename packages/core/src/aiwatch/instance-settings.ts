import { register as globalRegistry, Registry } from "prom-client";
import type { DiagnosticListener } from "../base/diagnostics.ts";
import { warnOfUnknownOptions } from "../base/received.ts";
import { type Clock, monotonicClock } from "../base/time.ts";
import type { HealthOptions } from "../health/options.ts";
import { type ContentSettings, readContentSettings } from "../inference/content.ts";
import { type ResolvedObjectives, readObjectives } from "../inference/objectives.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import { coreSettings } from "../settings/core-settings.ts";
import { invalidSetting, ranges, readRow } from "../settings/settings.ts";
import { type NamedObserver, namedObserver } from "./notify-observers.ts";
import type { Observer } from "./observer.ts";
import type { AiwatchOptions } from "./options.ts";

/** What an instance is made from: all of it is read and checked before anything is registered, listened to or begun. */
export interface InstanceSettings {
  readonly service: string;
  readonly disabled: boolean;
  readonly registry: MetricsRegistry;
  readonly clock: Clock;
  readonly onDiagnostic: DiagnosticListener | undefined;
  readonly objectives: ResolvedObjectives | undefined;
  readonly content: ContentSettings;
  readonly observers: readonly NamedObserver[];
  readonly exitReport: boolean;
  readonly health: HealthOptions;
  readonly closeTimeoutMs: number;
  readonly abandonedAfterMs: number;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` that names the option or the variable that cannot be used, and what it may be */
export function readInstanceSettings(given: AiwatchOptions): InstanceSettings {
  if (!isObject(given)) throw invalidSetting("the argument of createAiwatch", given, "an object with its options");
  warnOfUnknownOptions("createAiwatch()", given, names);
  const options = withoutNulls(given);
  const { service, registry, clock, onDiagnostic, closeTimeoutMs } = options;
  check("service", service, (value) => typeof value === "string", "a name");
  check("registry", registry, isRegistry, "a registry of prom-client");
  check("clock", clock, (value) => hasMethods(value, ["now"]), "an object with now()");
  check("onDiagnostic", onDiagnostic, (value) => typeof value === "function", "a function");
  check("closeTimeoutMs", closeTimeoutMs, (value) => typeof value === "number" && value >= 0, ranges.wait.expected);
  const observers = readObservers(options.observers);
  const disabled = readSwitch(options, "disabled");
  return {
    service: readRow(coreSettings.service, service),
    disabled,
    // a disabled instance leaves the app's registry alone: its instruments are on one that nobody reads
    registry: disabled ? new Registry() : (registry ?? globalRegistry),
    clock: clock ?? monotonicClock,
    onDiagnostic,
    objectives: readObjectives(part(options, "slo")),
    content: readContentSettings(part(options, "content")),
    observers: disabled ? [] : observers.map(namedObserver),
    exitReport: readSwitch(options, "exitReport"),
    health: part(options, "health") ?? {},
    closeTimeoutMs: closeTimeoutMs ?? 10_000,
    abandonedAfterMs: readRow(coreSettings.abandonedAfterMs, options.abandonedAfterMs),
  };
}

type Name = keyof AiwatchOptions;

/** `null` is unset, as it is to whoever writes plain JavaScript; each option is read once, wherever the object has it from. */
function withoutNulls(options: AiwatchOptions): AiwatchOptions {
  return Object.fromEntries(names.map((name) => [name, options[name] ?? undefined]));
}

const named = {
  service: true,
  registry: true,
  observers: true,
  disabled: true,
  onDiagnostic: true,
  slo: true,
  content: true,
  exitReport: true,
  health: true,
  closeTimeoutMs: true,
  abandonedAfterMs: true,
  clock: true,
} as const satisfies Record<Name, true>;
const names = Object.keys(named) as readonly Name[];

function check(name: string, value: unknown, isUsable: (value: unknown) => boolean, expected: string): void {
  if (value !== undefined && !isUsable(value)) throw invalidSetting(`the option ${name}`, value, expected);
}

/** A hole in a list is an observer that is none: the copy holds what the list is read as. */
function readObservers(option: unknown): readonly Observer[] {
  if (option === undefined) return [];
  if (!isIterable(option)) throw invalidSetting("the option observers", option, "a list of observers");
  return Array.from(option, (observer, index) => {
    if (isObject(observer)) {
      checkMade(observer, index);
      return observer as Observer;
    }
    throw invalidSetting(`the option observers[${index}]`, observer, "an observer");
  });
}

/** What an observer is made from, in place of it: its function, as in `observers: [otelMetrics]`, or a logger. Types take both. */
function checkMade(observer: object, index: number): void {
  const isLogger = hasMethods(observer, ["info", "child"]);
  const isFunction = typeof observer === "function" && !observerMethods.some((name) => name in observer);
  if (!isLogger && !isFunction) return;
  const remedy = isLogger ? "a logger's is logTo(logger)" : "call the function that makes it";
  throw invalidSetting(`the option observers[${index}]`, observer, `an observer: ${remedy}`);
}

const observerMethods = ["inferenceEnded", "toolEnded", "requestEnded", "flush", "close"] as const;

function isIterable(value: unknown): value is Iterable<unknown> {
  return Array.isArray(value) || hasMethods(value, [Symbol.iterator]);
}

/** Options that have options, with the names of these. */
const parts = {
  slo: { requestFirstTokenMs: true, firstTokenMs: true, timePerOutputTokenMs: true, latencyMs: true, target: true },
  content: { target: true, maxLength: true },
  health: { timeoutMs: true, cacheMs: true, model: true, memory: true, eventLoop: true, disk: true },
} as const satisfies {
  readonly [Part in "slo" | "content" | "health"]: Record<keyof NonNullable<AiwatchOptions[Part]>, true>;
};

/** Options of options. */
function part<Part extends keyof typeof parts>(options: AiwatchOptions, name: Part): AiwatchOptions[Part] {
  const given = options[name];
  check(name, given, isObject, "an object");
  if (given !== undefined)
    warnOfUnknownOptions(`the option ${name} of createAiwatch()`, given, Object.keys(parts[name]));
  return given;
}

function readSwitch(options: AiwatchOptions, name: "disabled" | "exitReport") {
  const option = options[name];
  check(name, option, (value) => typeof value === "boolean", "true or false");
  return readRow(coreSettings[name], option);
}

/** A function is one, too: a class may have what we ask for as its own, as `Date` has `now()`. */
function isObject(value: unknown): value is object {
  if (typeof value === "function") return true;
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isRegistry(value: unknown): boolean {
  return hasMethods(value, ["registerMetric", "getSingleMetric", "getMetricsAsJSON"]);
}

function hasMethods(value: unknown, methods: readonly PropertyKey[]): boolean {
  return isObject(value) && methods.every((name) => typeof Reflect.get(value, name) === "function");
}
