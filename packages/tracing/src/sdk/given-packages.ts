import { AiwatchError } from "@aiwatch/core";
import { invalidSetting } from "@aiwatch/core/adapter";
import type { SdkModules } from "../options.ts";
import type { Exports, SdkPackages } from "./packages.ts";

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
  if (!isObject(modules)) throw invalidSetting("sdk", modules, expected);
  const given: Exports = { ...modules };
  const wrong = Object.keys(given).find((name) => exportsOf(given[name]) === undefined);
  if (wrong !== undefined) throw invalidSetting(`sdk[${JSON.stringify(wrong)}]`, typeof given[wrong], expected);
  const find = (name: string): Exports | undefined => exportsOf(given[name] ?? partOf(given, namespaces[name]));
  const missing = (name: string, what: string) =>
    new AiwatchError(
      "AIWATCH_MISSING_PEER",
      `${what} needs ${name}, which startTracing()'s option "sdk" does not hold: import * as it, and hand it in under that name`,
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
