/** OTLP's `AnyValue` in either encoding: protobuf read into plain objects, or OTLP's JSON. */
export interface AnyValue {
  stringValue?: string | null;
  boolValue?: boolean | null;
  intValue?: string | number | null;
  doubleValue?: number | string | null;
  bytesValue?: Uint8Array | string | null;
  arrayValue?: { values?: AnyValue[] | null } | null;
  kvlistValue?: { values?: KeyValue[] | null } | null;
}

export interface KeyValue {
  key: string;
  value?: AnyValue | null;
}

/** Attributes as plain values. A key that was sent twice is a fault of the sender, so it throws. */
export function attributesOf(pairs: readonly KeyValue[] | null | undefined): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  for (const { key, value } of pairs ?? []) {
    if (Object.hasOwn(attributes, key)) throw new Error(`attribute sent twice: ${key}`);
    attributes[key] = plainValue(value);
  }
  return attributes;
}

/** An integer is a number where a number can hold it, else a bigint; bytes stay bytes; no value is `undefined`. */
export function plainValue(value: AnyValue | null | undefined): unknown {
  if (!value) return undefined;
  if (value.arrayValue) return (value.arrayValue.values ?? []).map(plainValue);
  if (value.kvlistValue) return attributesOf(value.kvlistValue.values);
  if (value.intValue != null) return integer(value.intValue);
  if (value.doubleValue != null) return Number(value.doubleValue);
  if (value.bytesValue != null) return bytes(value.bytesValue);
  return value.stringValue ?? value.boolValue ?? undefined;
}

function integer(value: string | number): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : BigInt(value);
}

/** A copy, because protobuf's bytes are a view into the request's body; JSON holds base64. */
function bytes(value: Uint8Array | string): Uint8Array {
  return typeof value === "string" ? new Uint8Array(Buffer.from(value, "base64")) : Uint8Array.from(value);
}
