import { createRequire } from "node:module";
import { resolve } from "node:path";
import { AiwatchError } from "@aiwatch/core";
import { invalidSetting } from "@aiwatch/core/adapter";
import type { SdkModules } from "../options.ts";

/** OpenTelemetry's packages of one line: two lines never share a class. */
export interface SdkPackages {
  /** What a package exports; `undefined` where it is not to be had. */
  find(name: string): Exports | undefined;
  /** The very copy of gRPC that the exporter uses. */
  grpc(exporter: string): Exports;
  /** The error for a package that has to be there, with the remedy. */
  missing(name: string, what: string): AiwatchError;
}

/** What a package exports, by name. */
export type Exports = Readonly<Record<string, unknown>>;

/**
 * A class of a package.
 * @param what needs it, for the error
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where the package, or its class, is not to be had
 */
export function classOf<Class>(packages: SdkPackages, name: string, className: string, what = "tracing"): Class {
  const found = packages.find(name)?.[className];
  if (typeof found !== "function") throw packages.missing(name, what);
  return found as Class;
}

/** The 2.x line's SDK has them under these names, too. */
const namespaces: Readonly<Record<string, string>> = {
  "@opentelemetry/sdk-trace-base": "tracing",
  "@opentelemetry/resources": "resources",
};

/**
 * The packages that the app imported for us, as a bundle needs it.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is no modules by their names
 */
export function givenPackages(modules: SdkModules): SdkPackages {
  if (!isObject(modules)) throw invalidSetting("the option sdk", modules, expected);
  const given: Exports = { ...modules };
  const wrong = Object.keys(given).find((name) => exportsOf(given[name]) === undefined);
  if (wrong !== undefined) throw invalidSetting(`the option sdk[${JSON.stringify(wrong)}]`, given[wrong], expected);
  const find = (name: string): Exports | undefined => exportsOf(given[name] ?? partOf(given, namespaces[name]));
  const missing = (name: string, what: string) =>
    new AiwatchError(
      "AIWATCH_MISSING_PEER",
      `${what} needs ${name}, which is not in the option sdk of startTracing(): import it with import * as, and pass it under that name`,
    );
  return {
    find,
    missing,
    grpc: () => {
      const grpc = find("@grpc/grpc-js");
      if (grpc === undefined) throw missing("@grpc/grpc-js", "headers over grpc");
      return grpc;
    },
  };
}

const expected = `OpenTelemetry's modules by the names of their packages, such as { "@opentelemetry/sdk-node": sdkNode }`;

function partOf(given: Exports, namespace: string | undefined): unknown {
  return namespace === undefined ? undefined : exportsOf(given["@opentelemetry/sdk-node"])?.[namespace];
}

/** With what only the default export has: some bundlers put a CommonJS module's names there alone. */
function exportsOf(module: unknown): Exports | undefined {
  if (!isObject(module)) return undefined;
  const { default: rest, ...named } = module;
  return isObject(rest) ? { ...rest, ...named } : named;
}

function isObject(value: unknown): value is Exports {
  return typeof value === "object" && value !== null;
}

/** In a bundle this module is wherever the bundle is, which not every bundle can say: then it is the program that runs. */
const here = typeof __filename === "string" ? __filename : (import.meta.url ?? resolve(process.argv[1] ?? "bundle.js"));

/**
 * The packages of the `@opentelemetry/sdk-node` that the app installed.
 * @param requireHere finds packages as this one does
 * @throws AiwatchError `AIWATCH_MISSING_PEER` where it is not installed
 */
export function installedPackages(requireHere: NodeJS.Require = createRequire(here)): SdkPackages {
  const sdkNode = "@opentelemetry/sdk-node";
  const found = placeOf(requireHere, sdkNode);
  if (found === undefined) throw notInstalled();
  const requireThere = createRequire(found);
  // an exporter that the SDK does not bring may be the app's own
  const placesOf = (name: string) => (name.includes("/exporter-") ? [requireThere, requireHere] : [requireThere]);
  return {
    find: (name) => {
      const require = placesOf(name).find((place) => placeOf(place, name) !== undefined);
      return require?.(name) as Exports | undefined;
    },
    // a dependency of the exporter's dependency, which package managers may hide
    grpc: (exporter) => {
      const require = placesOf(exporter).find((place) => placeOf(place, exporter) !== undefined) ?? requireThere;
      const requireBase = createRequire(createRequire(require.resolve(exporter)).resolve(grpcBase));
      return requireBase("@grpc/grpc-js") as Exports;
    },
    missing: (name, what) =>
      new AiwatchError(
        "AIWATCH_MISSING_PEER",
        `${what} needs ${name}, which is not among the dependencies of this @opentelemetry/sdk-node: npm install ${name}`,
      ),
  };
}

const grpcBase = "@opentelemetry/otlp-grpc-exporter-base";

function placeOf(require: NodeJS.Require, name: string): string | undefined {
  try {
    return require.resolve(name);
  } catch {
    return undefined;
  }
}

function notInstalled(): AiwatchError {
  return new AiwatchError(
    "AIWATCH_MISSING_PEER",
    "tracing is on, but @opentelemetry/sdk-node is not installed: npm install @opentelemetry/sdk-node @opentelemetry/api, or set TRACING_ENABLED=false; in a bundle, leave @opentelemetry/* external or pass the SDK: startTracing({ sdk })",
  );
}
