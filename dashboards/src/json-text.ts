const lineWidth = 140;

/**
 * A value as JSON in which each object and list that fits has one line. Two thirds of what an indented text takes: a dashboard in a ConfigMap
 * has to stay below 256 KiB, which `kubectl apply` keeps in an annotation.
 */
export function jsonText(value: unknown, indent = ""): string {
  const flat = JSON.stringify(value);
  if (flat.length + indent.length <= lineWidth || typeof value !== "object" || value === null) return flat;
  const inner = `${indent} `;
  if (Array.isArray(value)) return `[\n${value.map((item) => inner + jsonText(item, inner)).join(",\n")}\n${indent}]`;
  const entries = Object.entries(value).filter(([, held]) => held !== undefined);
  const lines = entries.map(([key, held]) => `${inner}${JSON.stringify(key)}: ${jsonText(held, inner)}`);
  return `{\n${lines.join(",\n")}\n${indent}}`;
}
