import type { Attributes, AttributeValue } from "@opentelemetry/api";

/** Leaves out what is unknown. */
export function known(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  const result: Attributes = {};
  for (const name in attributes) if (attributes[name] !== undefined) result[name] = attributes[name];
  return result;
}
