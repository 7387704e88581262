import { type Environment, invalidSetting, readVariable } from "@aiwatch/core/adapter";

/** What the SDK brings. Without the variable it is W3C's `tracecontext,baggage`. */
const propagators = ["tracecontext", "baggage", "b3", "b3multi", "jaeger", "none"];

/**
 * `OTEL_PROPAGATORS` is the SDK's to read; a name that it would quietly leave out is refused here.
 * @throws AiwatchError `AIWATCH_INVALID_SETTING`
 */
export function checkPropagators(environment: Environment): void {
  const found = readVariable(["OTEL_PROPAGATORS"], environment);
  const names = found?.text.split(",").map((name) => name.trim()) ?? [];
  const unknown = names.find((name) => name !== "" && !propagators.includes(name));
  if (unknown !== undefined) throw invalidSetting("OTEL_PROPAGATORS", unknown, `a list of ${propagators.join(", ")}`);
}
