import type { ByteWriter } from "./byte-writer.ts";

/** A metadata value with the type that the file states for it. */
export type GgufValue =
  | { readonly type: "uint32"; readonly value: number }
  | { readonly type: "float32"; readonly value: number }
  | { readonly type: "bool"; readonly value: boolean }
  | { readonly type: "string"; readonly value: string }
  | { readonly type: "strings"; readonly value: readonly string[] }
  | { readonly type: "int32s"; readonly value: readonly number[] };

export type GgufMetadata = Readonly<Record<string, GgufValue>>;

/** The format's numbers for its value types. */
const typeIds = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

export const uint32 = (value: number): GgufValue => ({ type: "uint32", value });
export const float32 = (value: number): GgufValue => ({ type: "float32", value });
export const bool = (value: boolean): GgufValue => ({ type: "bool", value });
export const string = (value: string): GgufValue => ({ type: "string", value });
export const strings = (value: readonly string[]): GgufValue => ({ type: "strings", value });
export const int32s = (value: readonly number[]): GgufValue => ({ type: "int32s", value });

export function writeMetadata(writer: ByteWriter, metadata: GgufMetadata): void {
  for (const [key, value] of Object.entries(metadata)) {
    writer.string(key);
    writeValue(writer, value);
  }
}

function writeValue(writer: ByteWriter, entry: GgufValue): void {
  switch (entry.type) {
    case "uint32":
      writer.uint32(typeIds.uint32).uint32(entry.value);
      return;
    case "float32":
      writer.uint32(typeIds.float32).float32(entry.value);
      return;
    case "bool":
      writer.uint32(typeIds.bool).bool(entry.value);
      return;
    case "string":
      writer.uint32(typeIds.string).string(entry.value);
      return;
    case "strings":
      writer.uint32(typeIds.array).uint32(typeIds.string).uint64(entry.value.length);
      for (const item of entry.value) writer.string(item);
      return;
    case "int32s":
      writer.uint32(typeIds.array).uint32(typeIds.int32).uint64(entry.value.length);
      for (const item of entry.value) writer.int32(item);
      return;
    default:
      entry satisfies never;
  }
}
