/** A field that a shape does not know, with the object that has it. */
export interface UnknownField {
  /** By kinds, as `stat.options.percentChangeColorMode`. */
  readonly path: string;
  readonly owner: Record<string, unknown>;
  readonly key: string;
}

/** Finds the fields of a value that a release of Grafana does not know. */
export type Shape = (value: unknown, path: string) => UnknownField[];

/** Whatever is there. */
export const any: Shape = () => [];

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

/** These fields, each of its shape, or of any where only its name is given. */
export function object(...fields: readonly (string | Readonly<Record<string, Shape>>)[]): Shape {
  const shapes = new Map(
    fields.flatMap((field) => (typeof field === "string" ? [[field, any] as const] : Object.entries(field))),
  );
  return (value, path) => {
    if (!isObject(value)) return [];
    return Object.entries(value).flatMap(([key, inner]) => {
      const at = `${path}.${key}`;
      return shapes.get(key)?.(inner, at) ?? [{ path: at, owner: value, key }];
    });
  };
}

export const list =
  (item: Shape): Shape =>
  (value, path) =>
    Array.isArray(value) ? value.flatMap((inner) => item(inner, path)) : [];

/** An object's shape goes by its `type`. A type that is not listed is unknown itself. */
export function byType(shapes: Readonly<Record<string, Shape>>): Shape {
  return (value, path) => {
    if (!isObject(value)) return [];
    const type = String(value["type"]);
    return shapes[type]?.(value, type) ?? [{ path: `${path}.${type}`, owner: value, key: "type" }];
  };
}
