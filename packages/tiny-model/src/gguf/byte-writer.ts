const utf8 = new TextEncoder();

/** Little-endian bytes, gathered piece by piece. */
export class ByteWriter {
  readonly #pieces: Uint8Array[] = [];
  #length = 0;

  bytes(piece: Uint8Array): this {
    this.#pieces.push(piece);
    this.#length += piece.length;
    return this;
  }

  uint32(value: number): this {
    return this.#number(4, (view) => view.setUint32(0, value, true));
  }

  int32(value: number): this {
    return this.#number(4, (view) => view.setInt32(0, value, true));
  }

  uint64(value: number): this {
    return this.#number(8, (view) => view.setBigUint64(0, BigInt(value), true));
  }

  float32(value: number): this {
    return this.#number(4, (view) => view.setFloat32(0, value, true));
  }

  bool(value: boolean): this {
    return this.bytes(Uint8Array.of(value ? 1 : 0));
  }

  string(value: string): this {
    const encoded = utf8.encode(value);
    return this.uint64(encoded.length).bytes(encoded);
  }

  /** Zeros up to the next multiple. */
  align(multiple: number): this {
    return this.bytes(new Uint8Array((multiple - (this.#length % multiple)) % multiple));
  }

  toBytes(): Uint8Array {
    const whole = new Uint8Array(this.#length);
    let offset = 0;
    for (const piece of this.#pieces) {
      whole.set(piece, offset);
      offset += piece.length;
    }
    return whole;
  }

  #number(size: number, set: (view: DataView) => void): this {
    const piece = new Uint8Array(size);
    set(new DataView(piece.buffer));
    return this.bytes(piece);
  }
}
