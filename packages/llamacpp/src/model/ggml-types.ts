/** The GGML types that llama.cpp's KV cache can have, by their number in `ggml.h`. */
export const ggmlTypes = {
  F32: 0,
  F16: 1,
  Q4_0: 2,
  Q4_1: 3,
  Q5_0: 6,
  Q5_1: 7,
  Q8_0: 8,
  IQ4_NL: 20,
  BF16: 30,
} as const;

/** Elements are stored in blocks: [elements of a block, bytes of a block], `ggml-common.h`. */
const blocks: Readonly<Record<number, readonly [elements: number, bytes: number]>> = {
  [ggmlTypes.F32]: [1, 4],
  [ggmlTypes.F16]: [1, 2],
  [ggmlTypes.BF16]: [1, 2],
  [ggmlTypes.Q4_0]: [32, 18],
  [ggmlTypes.Q4_1]: [32, 20],
  [ggmlTypes.Q5_0]: [32, 22],
  [ggmlTypes.Q5_1]: [32, 24],
  [ggmlTypes.Q8_0]: [32, 34],
  [ggmlTypes.IQ4_NL]: [32, 18],
};

/** The bytes of a row of `elements`; `undefined` for an unknown type, and for a row that its blocks do not divide. */
export function rowBytes(type: number, elements: number): number | undefined {
  const block = blocks[type];
  if (block === undefined || elements % block[0] !== 0) return undefined;
  return (elements / block[0]) * block[1];
}
