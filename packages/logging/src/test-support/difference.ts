import { canary, holdsCanary } from "./values/row.ts";

/**
 * The places where `ours` says something else than `plain`, but for "[Redacted]" in place of what holds the canary, the rest of a URL that
 * holds it, and what is written of a message of node:http or Fastify. The order of names counts.
 */
export function differences(plain: unknown, ours: unknown, place = "line"): string[] {
  if (Object.is(plain, ours) || (holdsCanary(plain) && isCensored(plain, ours))) return [];
  const isSame = isObject(plain) && isObject(ours) && Array.isArray(plain) === Array.isArray(ours);
  if (isSame && isSnapshot(plain, ours)) return [];
  if (!isSame) return [`${place}: ${JSON.stringify(plain)} became ${JSON.stringify(ours)}`];
  const [names, ourNames] = [Object.keys(plain), Object.keys(ours)];
  if (names.join() !== ourNames.join()) return [`${place}: the names ${names} became ${ourNames}`];
  return names.flatMap((name) => differences(plain[name], ours[name], `${place}.${name}`));
}

function isCensored(plain: unknown, ours: unknown): boolean {
  if (ours === "[Redacted]") return true;
  if (typeof plain !== "string" || typeof ours !== "string") return false;
  const rest = plain.replace(/^((?:[a-z]+:)?\/\/)\S*@/, "$1").split(/[?#]/, 1)[0];
  if (ours === plain.replace(/: .*$/, ": [Redacted]")) return true;
  return ours === rest || ours === plain.replaceAll(/(?<=\/\/)[^ ]*@/g, "[Redacted]@").replaceAll(canary, "[Redacted]");
}

function isSnapshot(plain: Record<string, unknown>, ours: Record<string, unknown>): boolean {
  if (!("_events" in plain || "raw" in plain || "insides" in plain)) return false;
  const { method, url, statusCode, headers } = ours;
  const isRequest = typeof method === "string" && typeof url === "string";
  return isObject(headers) && (isRequest || typeof statusCode === "number");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}

/** A line as an object, the JSON too that was formatted into its message. */
export function readLine(line: string): Record<string, unknown> {
  const fields: Record<string, unknown> = JSON.parse(line);
  const [, text, json] = /^([^[{]*)([[{].*)$/s.exec(String(fields["msg"])) ?? [];
  return json === undefined ? fields : { ...fields, msg: { text, json: JSON.parse(json) } };
}
