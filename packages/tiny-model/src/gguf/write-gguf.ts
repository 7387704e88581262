import { ByteWriter, encodeHalf } from "./byte-writer.ts";

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

/**
 * A tensor to be written. Its shape is in the file's order: the first number is the length of a row, which lies together in memory. A matrix
 * `[inputs, outputs]` thus has one row for each output.
 */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Norms must be F32 for llama.cpp; matrices are F16 to keep the file small; Q5_0 is for zeros alone. */
  readonly type: "F32" | "F16" | "Q5_0";
  /** Undefined where all are zero, which in each type is all bytes zero. */
  readonly values?: Float32Array;
}

/** The format's numbers for the types. */
export const tensorTypeIds = { F32: 0, F16: 1, Q5_0: 6 } as const;

/** Bytes of one value; Q5_0 keeps 32 of them in 22. */
const bytesPerValue = { F32: 4, F16: 2, Q5_0: 22 / 32 } as const;

export function tensorBytes(tensor: Tensor): Uint8Array {
  const { values, shape, type } = tensor;
  const length = shape.reduce((product, extent) => product * extent, 1);
  const bytes = new Uint8Array(length * bytesPerValue[type]);
  if (values === undefined) return bytes;
  const view = new DataView(bytes.buffer);
  if (type === "F32") values.forEach((value, index) => void view.setFloat32(index * 4, value, true));
  else values.forEach((value, index) => void view.setUint16(index * 2, encodeHalf(value), true));
  return bytes;
}

const magic = new TextEncoder().encode("GGUF");
const version = 3;
/** The format's default; llama.cpp refuses tensors that do not start on it. */
const alignment = 32;

/** A GGUF file: header, metadata, the tensors' names and places, then their data. */
export function writeGguf(metadata: GgufMetadata, tensors: readonly Tensor[]): Uint8Array {
  const writer = new ByteWriter().bytes(magic).uint32(version);
  writer.uint64(tensors.length).uint64(Object.keys(metadata).length);
  writeMetadata(writer, metadata);
  const data = tensors.map(tensorBytes);
  writePlaces(writer, tensors, data);
  for (const bytes of data) writer.align(alignment).bytes(bytes);
  return writer.align(alignment).toBytes();
}

function writePlaces(writer: ByteWriter, tensors: readonly Tensor[], data: readonly Uint8Array[]): void {
  let offset = 0;
  tensors.forEach((tensor, index) => {
    writer.string(tensor.name).uint32(tensor.shape.length);
    for (const length of tensor.shape) writer.uint64(length);
    writer.uint32(tensorTypeIds[tensor.type]).uint64(offset);
    offset += Math.ceil((data[index]?.length ?? 0) / alignment) * alignment;
  });
}
