import { crc32, deflateSync, inflateSync } from "node:zlib";

/** A PNG in the 256 colours that it has most of, which for a page of text is a third of its bytes. Takes what browsers draw: 8 bits, RGB or RGBA. */
export function smallPng(png: Buffer): Buffer {
  const { width, height, channels, pixels } = decode(png);
  const colors = new Uint32Array(width * height);
  for (let at = 0; at < colors.length; at += 1) colors[at] = pixels.readUIntBE(at * channels, 3);
  const counts = new Map<number, number>();
  for (const color of colors) counts.set(color, (counts.get(color) ?? 0) + 1);
  const palette = [...counts].sort(([, one], [, other]) => other - one).slice(0, 256);
  const chosen = palette.map(([color]) => color);
  const indexes = new Map([...counts.keys()].map((color) => [color, nearest(chosen, color)]));
  // each row begins with its filter: none
  const rows = Buffer.alloc((width + 1) * height);
  for (let at = 0; at < colors.length; at += 1)
    rows[at + Math.floor(at / width) + 1] = indexes.get(colors[at] ?? 0) ?? 0;
  const header = Buffer.from(png.subarray(16, 29));
  header[9] = 3; // the colour type: a palette
  const table = Buffer.concat(chosen.map((color) => Buffer.from([color >> 16, (color >> 8) & 255, color & 255])));
  const chunks = [chunk("IHDR", header), chunk("PLTE", table), chunk("IDAT", deflateSync(rows, { level: 9 }))];
  return Buffer.concat([png.subarray(0, 8), ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

function decode(png: Buffer) {
  const [width, height] = [png.readUInt32BE(16), png.readUInt32BE(20)];
  const channels = png[25] === 6 ? 4 : 3;
  const rows = inflateSync(dataOf(png));
  const stride = width * channels;
  const pixels = Buffer.alloc(stride * height);
  const pixel = (row: number, column: number) => (row < 0 || column < 0 ? 0 : (pixels[row * stride + column] ?? 0));
  for (let at = 0; at < pixels.length; at += 1) {
    const [row, column] = [Math.floor(at / stride), at % stride];
    const [left, above, corner] = [
      pixel(row, column - channels),
      pixel(row - 1, column),
      pixel(row - 1, column - channels),
    ];
    const filter = rows[row * (stride + 1)] ?? 0;
    pixels[at] = (rows[row * (stride + 1) + 1 + column] ?? 0) + predicted(filter, left, above, corner);
  }
  return { width, height, channels, pixels };
}

/** The data of all `IDAT` chunks. */
function dataOf(png: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    if (png.toString("latin1", at + 4, at + 8) === "IDAT")
      parts.push(png.subarray(at + 8, at + 8 + png.readUInt32BE(at)));
  }
  return Buffer.concat(parts);
}

/** What PNG's filters of a row are differences to. */
function predicted(filter: number, left: number, above: number, corner: number): number {
  if (filter === 1) return left;
  if (filter === 2) return above;
  if (filter === 3) return (left + above) >> 1;
  if (filter !== 4) return 0;
  const [toLeft, toAbove] = [Math.abs(above - corner), Math.abs(left - corner)];
  const toCorner = Math.abs(left + above - 2 * corner);
  if (toLeft <= toAbove && toLeft <= toCorner) return left;
  return toAbove <= toCorner ? above : corner;
}

function nearest(colors: readonly number[], color: number): number {
  let [best, bestDistance] = [0, Number.POSITIVE_INFINITY];
  for (const [index, other] of colors.entries()) {
    const parts = [16, 8, 0].map((shift) => ((color >> shift) & 255) - ((other >> shift) & 255));
    const distance = parts.reduce((sum, part) => sum + part * part, 0);
    if (distance < bestDistance) [best, bestDistance] = [index, distance];
  }
  return best;
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(data.length);
  sum.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, sum]);
}
