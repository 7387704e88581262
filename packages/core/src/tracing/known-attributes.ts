import type { Attributes, AttributeValue } from "@opentelemetry/api";

/** Leaves out what is unknown. */
export function known(attributes: Readonly<Record<string, AttributeValue | undefined>>): Attributes {
  return Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));
}
