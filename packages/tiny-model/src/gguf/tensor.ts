import { encodeHalf } from "./encode-half.ts";

/**
 * A tensor to be written. Its shape is in the file's order: the first number is the length of a row, which lies together in memory. A matrix
 * `[inputs, outputs]` thus has one row for each output.
 */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Norms must be F32 for llama.cpp; matrices are F16 to keep the file small. */
  readonly type: "F32" | "F16";
  readonly values: Float32Array;
}

/** The format's numbers for the two types. */
export const tensorTypeIds = { F32: 0, F16: 1 } as const;

export function tensorBytes(tensor: Tensor): Uint8Array {
  const { values } = tensor;
  const bytes = new Uint8Array(values.length * (tensor.type === "F32" ? 4 : 2));
  const view = new DataView(bytes.buffer);
  if (tensor.type === "F32") values.forEach((value, index) => void view.setFloat32(index * 4, value, true));
  else values.forEach((value, index) => void view.setUint16(index * 2, encodeHalf(value), true));
  return bytes;
}
