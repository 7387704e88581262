import { describe, expect, it } from "vitest";
import { type Cell, isInSpread } from "./spread.ts";

const upTo = (count: number) => Array.from({ length: count }, (_, index) => index);

type Kind = "row" | "column" | "layer" | "depth";

function spreadOf(rows: number, columns: number, layers: number, depths: number): Required<Cell>[] {
  const cells = upTo(rows).flatMap((row) =>
    upTo(columns).flatMap((column) =>
      upTo(layers).flatMap((layer) =>
        upTo(depths).map((depth) => ({ row, column, columns, layer, layers, depth, depths })),
      ),
    ),
  );
  return cells.filter(isInSpread);
}

describe.each([
  [7, 5, 2, 1],
  [40, 2, 2, 1],
  [6, 12, 3, 1],
  [9, 1, 2, 1],
  [4, 3, 1, 1],
  [21, 3, 2, 2],
  [9, 7, 3, 3],
  [5, 2, 2, 2],
])("of %i rows, %i columns, %i layers and %i depths", (rows, columns, layers, depths) => {
  const spread = spreadOf(rows, columns, layers, depths);
  const counts = { row: rows, column: columns, layer: layers, depth: depths };
  const kinds = Object.keys(counts) as Kind[];

  it("each value meets each value of another kind", () => {
    for (const [at, one] of kinds.entries()) {
      for (const other of kinds.slice(at + 1)) {
        const pairs = new Set(spread.map((cell) => `${cell[one]} ${cell[other]}`)).size;
        expect([one, other, pairs]).toEqual([one, other, counts[one] * counts[other]]);
      }
    }
  });

  it("a row and a column meet once, unless the row has too few columns for that", () => {
    const isWhole = columns < Math.max(layers, layers * (depths - 1) + 1);
    expect(spread).toHaveLength(rows * columns * (isWhole ? layers * depths : 1));
  });
});
