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
