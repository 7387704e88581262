import type { Tensor } from "../gguf/tensor.ts";

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
