import { Registry, register } from "prom-client";
import type { AiwatchHost } from "../aiwatch/host.ts";
import {
  inventory,
  type LoadedPackage,
  type NotedFault,
  ownVersion,
  type SettingReading,
} from "../base/process-wide.ts";
import { elapsedMs, monotonicClock } from "../base/time.ts";
import { readVariable, type Setting } from "../settings/settings.ts";
import { findPackages } from "./packages.ts";
import {
  type CopyFacts,
  type DiagnosticsAnswer,
  type DoorFacts,
  diagnosticsSchema,
  type FaultFacts,
  type ReadingFacts,
  type SettingFacts,
} from "./schema.ts";

/** What `GET /metrics/diagnostics` answers. */
export async function diagnosticsOf(aiwatch: AiwatchHost): Promise<DiagnosticsAnswer> {
  const { packages, engines, faults } = inventory();
  return {
    schema: diagnosticsSchema,
    service: aiwatch.service,
    aiwatch: ownVersion,
    process: {
      node: process.versions.node,
      platform: process.platform,
      arch: process.arch,
      pid: process.pid,
      uptimeSeconds: process.uptime(),
    },
    settings: settingsOf(packages),
    doors: doorsMounted(),
    adapters: [...engines],
    engineVersions: Object.fromEntries(aiwatch.health.versions),
    registry: { isGlobal: aiwatch.registry === register, isOfOwnCopy: aiwatch.registry instanceof Registry },
    copies: copiesLoaded(packages),
    packages: await findPackages(),
    faults: Array.from(faults.values(), faultOf).reverse(),
  };
}

/** One entry for a setting, however many copies of its package are loaded. */
function settingsOf(packages: readonly LoadedPackage[]): SettingFacts[] {
  const settings = new Map<string, SettingFacts>();
  for (const { name: packageName, rows } of packages) {
    for (const [name, row] of Object.entries(rows)) {
      const key = `${packageName} ${name}`;
      const before = settings.get(key)?.readings ?? [];
      settings.set(key, settingOf(packageName, name, row as Setting<unknown>, before));
    }
  }
  return [...settings.values()];
}

function settingOf(
  packageName: string,
  name: string,
  row: Setting<unknown>,
  before: readonly ReadingFacts[],
): SettingFacts {
  const { option, variables } = row;
  const readings = (inventory().readings.get(row) ?? []).map(readingOf);
  return {
    package: packageName,
    name,
    ...(option !== undefined && { option }),
    variables,
    set: variables.filter((variable) => readVariable([variable]) !== undefined),
    readings: distinct([...before, ...readings]),
  };
}

function readingOf({ from, value, hidden }: SettingReading): ReadingFacts {
  const said = { ...(value !== undefined && { value }), ...(hidden !== undefined && { hidden }) };
  return from === "option" || from === "default" ? { from, ...said } : { from: "variable", variable: from, ...said };
}

function distinct<Value>(values: readonly Value[]): Value[] {
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

function doorsMounted(): DoorFacts[] {
  return Array.from(inventory().doors, ([door, mounts]) => {
    const [framework, options, routes] = JSON.parse(door);
    return { framework, options, routes, mounts };
  });
}

function copiesLoaded(packages: readonly LoadedPackage[]): CopyFacts {
  const names = Object.getOwnPropertySymbols(globalThis).flatMap(({ description }) => description ?? []);
  return {
    core: packages.flatMap(({ name, version }) => (name === "@aiwatch/core" && version !== undefined ? version : [])),
    slots: names.filter((name) => name.startsWith("@aiwatch/")).sort(),
    openTelemetryApis: names.filter((name) => name.startsWith(apiGlobal)).map(openTelemetryApi),
  };
}

/** Where `@opentelemetry/api` keeps what all its compatible copies share; the number behind it is that of its major version. */
const apiGlobal = "opentelemetry.js.api.";

function openTelemetryApi(name: string) {
  const version: unknown = Reflect.get(Object(Reflect.get(globalThis, Symbol.for(name))), "version");
  return { global: name.slice(apiGlobal.length), ...(typeof version === "string" && { version }) };
}

function faultOf({ lastAt, ...fault }: NotedFault): FaultFacts {
  return { ...fault, lastMsAgo: Math.round(elapsedMs(lastAt, monotonicClock.now()) ?? 0) };
}
