import { createRequire } from "node:module";
import { resolve } from "node:path";
import { AiwatchError } from "@aiwatch/core";
import type { Exports, SdkPackages } from "./packages.ts";

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
        `${what} needs ${name}, which this @opentelemetry/sdk-node does not bring: npm install ${name}`,
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
    "tracing is on, but @opentelemetry/sdk-node is not installed: npm install @opentelemetry/sdk-node @opentelemetry/api, or set TRACING_ENABLED=false; in a bundle, leave @opentelemetry/* external or hand the SDK in, as startTracing({ sdk })",
  );
}
