import type { AiwatchError } from "@aiwatch/core";

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
