const scratch = new DataView(new ArrayBuffer(4));

/** The bits of the IEEE half nearest to a number, ties to even; the runtime's own Float16Array is younger than our oldest Node. */
export function encodeHalf(value: number): number {
  scratch.setFloat32(0, value);
  const bits = scratch.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const exponent = ((bits >>> 23) & 0xff) - 127;
  const mantissa = bits & 0x7fffff;
  if (exponent === 128) return sign | 0x7c00 | (mantissa === 0 ? 0 : 0x200);
  if (exponent > 15) return sign | 0x7c00;
  if (exponent < -25) return sign;
  // A mantissa that rounds up past its width carries into the exponent, and so becomes the right next number, infinity included.
  if (exponent >= -14) return sign | roundedShift(((exponent + 15) << 23) | mantissa, 13);
  return sign | roundedShift(mantissa | 0x800000, -1 - exponent);
}

/** Shifts right, and rounds what falls off to nearest, ties to even. */
function roundedShift(value: number, places: number): number {
  const kept = value >>> places;
  const lost = value & ((1 << places) - 1);
  const half = 1 << (places - 1);
  const up = lost > half || (lost === half && (kept & 1) === 1);
  return up ? kept + 1 : kept;
}

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
