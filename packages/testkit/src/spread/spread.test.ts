import { describe, expect, it } from "vitest";
import { isInSpread } from "./spread.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

function spreadOf(rows: number, columns: number, layers: number) {
  const cells = upTo(rows).flatMap((row) =>
    upTo(columns).flatMap((column) => upTo(layers).map((layer) => ({ row, column, columns, layer, layers }))),
  );
  return cells.filter(isInSpread);
}

describe.each([
  [7, 5, 2],
  [40, 2, 2],
  [6, 12, 3],
  [9, 1, 2],
  [4, 3, 1],
])("of %i rows, %i columns and %i layers", (rows, columns, layers) => {
  const spread = spreadOf(rows, columns, layers);

  it("each value meets each value of another kind", () => {
    const pairs = (one: "row" | "column", other: "column" | "layer") =>
      new Set(spread.map((cell) => `${cell[one]} ${cell[other]}`)).size;
    expect(pairs("row", "column")).toBe(rows * columns);
    expect(pairs("row", "layer")).toBe(rows * layers);
    expect(pairs("column", "layer")).toBe(columns * layers);
  });

  it("a row and a column meet once, unless the row has too few columns for that", () => {
    expect(spread).toHaveLength(rows * columns * (columns < layers ? layers : 1));
  });
});
