import { AiwatchError } from "../base/errors.ts";
import { invalidArgument } from "../base/invalid-argument.ts";
import type { MetricDefinition } from "../catalogue/row.ts";

const nameLike = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const ours = "genai_app_";
/** What the formats append to the names of others' samples: a metric that is called so could be taken for one. */
const appended = /_(total|bucket|sum|count|created)$/;

/**
 * The metric's name, as both formats can write it.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT`, with what it may be instead
 */
export function readName(type: MetricDefinition["type"], name: unknown): string {
  if (typeof name !== "string" || !nameLike.test(name)) {
    throw invalidArgument(`the name of a ${type}`, name, "letters, digits and _, no digit in front");
  }
  if (name.startsWith(ours)) throw refused(type, name, `${ours} is AIWatch's own; begin it with the app's name`);
  if (type === "counter" && !name.endsWith("_total")) throw refused(type, name, `call it ${name}_total`);
  const suffix = appended.exec(familyOf(type, name))?.[0];
  if (suffix !== undefined) throw refused(type, name, `${suffix} is what Prometheus appends by itself; leave it out`);
  return name;
}

/** OpenMetrics names a counter's family without `_total`. */
export function familyOf(type: MetricDefinition["type"], name: string): string {
  return type === "counter" ? name.replace(/_total$/, "") : name;
}

/** @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` */
export function readHelp(name: string, help: unknown): string {
  if (typeof help === "string" && help.trim() !== "") return help.toWellFormed();
  throw invalidArgument(`help of ${name}`, help, "what it counts or measures, in words");
}

function refused(type: MetricDefinition["type"], name: string, remedy: string): AiwatchError {
  return new AiwatchError("AIWATCH_INVALID_ARGUMENT", `the name of a ${type} is "${name.slice(0, 80)}": ${remedy}`);
}
