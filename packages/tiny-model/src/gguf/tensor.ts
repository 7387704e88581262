import { encodeHalf } from "./encode-half.ts";

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
