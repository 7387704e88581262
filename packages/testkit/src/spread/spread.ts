/** A cell of a table: rows are played in columns, and each of those in layers. All counted from 0. */
export interface Cell {
  readonly row: number;
  /** Among the columns that this row has. */
  readonly column: number;
  /** How many columns this row has. */
  readonly columns: number;
  readonly layer: number;
  readonly layers: number;
  /** Of a fourth kind. @default the only one */
  readonly depth?: number;
  /** @default 1 */
  readonly depths?: number;
}

/**
 * Whether a cell is one of those that CI runs of a large table, the same in every run: each row in each column once, and in each layer and each depth
 * at least once; with it each column in each layer and depth, and each layer in each depth. What goes wrong by two of them is found.
 * `npm run test:long` runs all cells.
 * @example
 * const played = builds.filter((_, layer) => isInSpread({ row, column, columns, layer, layers: builds.length }));
 */
export function isInSpread({ row, column, columns, layer, layers, depth = 0, depths = 1 }: Cell): boolean {
  const needed = Math.max(layers, layers * (depths - 1) + 1);
  const turn = row + column;
  return columns < needed || (turn % layers === layer && Math.floor(turn / layers) % depths === depth);
}
