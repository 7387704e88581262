/**
 * The places where `ours` says something else than `plain` that is not "[Redacted]", the rest of a URL, or what is shown of a message of
 * node:http or Fastify.
 */
export function differences(plain: unknown, ours: unknown, place = "line"): string[] {
  if (Object.is(plain, ours) || isCensored(plain, ours)) return [];
  if (isObject(plain) && isObject(ours) && isSnapshot(plain, ours)) return [];
  if (!isObject(plain) || !isObject(ours)) return [`${place}: ${JSON.stringify(plain)} became ${JSON.stringify(ours)}`];
  const names = [...new Set([...Object.keys(plain), ...Object.keys(ours)])];
  return names.flatMap((name) => differences(plain[name], ours[name], `${place}.${name}`));
}

function isCensored(plain: unknown, ours: unknown): boolean {
  if (ours === "[Redacted]") return plain !== undefined;
  if (typeof plain !== "string" || typeof ours !== "string") return false;
  const [scheme = "", rest = ""] = plain.split(/(?<=:\/\/)/, 2);
  const withoutUser = `${scheme}${rest.replace(/^[^/]*@/, "")}`;
  const hiddenUser = `${scheme}${rest.replace(/^[^/]*@/, "[Redacted]@")}`;
  return ours === hiddenUser || [plain, withoutUser].some((url) => url.split(/[?#]/, 1)[0] === ours);
}

function isSnapshot(plain: Record<string, unknown>, ours: Record<string, unknown>): boolean {
  if (!("_events" in plain || "raw" in plain)) return false;
  return ["method,url,headers", "statusCode,headers"].includes(Object.keys(ours).join());
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
