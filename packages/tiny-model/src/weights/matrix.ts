import type { Tensor } from "../gguf/write-gguf.ts";
import { synonymsOf } from "../vocabulary/vocabulary.ts";

/** A matrix of zeros to begin with, one row for each output. */
export class Matrix {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.values = new Float32Array(rows * columns);
  }

  set(row: number, column: number, value: number): this {
    if (row >= this.rows || column >= this.columns)
      throw new RangeError(`no cell ${row}, ${column} in a ${this.rows}×${this.columns} matrix`);
    this.values[row * this.columns + column] = value;
    return this;
  }

  fill(value: number): this {
    this.values.fill(value);
    return this;
  }

  toTensor(name: string): Tensor {
    return { name, shape: [this.columns, this.rows], type: "F16", values: this.values };
  }
}

/** A matrix of zeros that stays one: nothing is kept of it but its measures, and a third of the bytes are written. */
export class ZeroMatrix {
  readonly rows: number;
  readonly columns: number;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
  }

  toTensor(name: string): Tensor {
    return { name, shape: [this.columns, this.rows], type: "Q5_0" };
  }
}

/** A norm's scale: the same for every dimension. */
export function scaleTensor(name: string, length: number, scale = 1): Tensor {
  return { name, shape: [length], type: "F32", values: new Float32Array(length).fill(scale) };
}

/** How much of a word with synonyms is its topic, and how much its own: the squares add up to one, and synonyms have a cosine of 0.64. */
const topicShare = 0.8;
const ownShare = 0.6;

/**
 * A vector of length one for a word, the same for its capitalised forms; nearly at right angles to any other's, unless the two are synonyms.
 */
export function wordCode(word: string, width: number): Float32Array {
  const own = randomDirection(word, width);
  const topic = synonymsOf(word);
  if (topic === undefined) return own;
  const shared = randomDirection(`topic ${topic}`, width);
  const mixed = own.map((value, index) => ownShare * value + topicShare * (shared[index] ?? 0));
  const length = Math.hypot(...mixed);
  return mixed.map((value) => value / length);
}

/** A corner of the cube, picked by the text alone. */
function randomDirection(text: string, width: number): Float32Array {
  const next = randomBits(hash(text));
  return Float32Array.from({ length: width }, () => (next() ? 1 : -1) / Math.sqrt(width));
}

/** FNV-1a. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) state = Math.imul(state ^ byte, 0x01000193);
  return state;
}

/** Mulberry32: Math.random cannot be seeded, and the bytes must be the same each time. */
function randomBits(seed: number): () => boolean {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) & 1) === 1;
  };
}
