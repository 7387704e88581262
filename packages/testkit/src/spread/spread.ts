/** A cell of a table: rows are played in columns, and each of those in layers. All counted from 0. */
export interface Cell {
  readonly row: number;
  /** Among the columns that this row has. */
  readonly column: number;
  /** How many columns this row has. */
  readonly columns: number;
  readonly layer: number;
  readonly layers: number;
}

/**
 * Whether a cell is one of those that CI runs of a large table, the same in every run: each row in each column once, and in each layer at least
 * once; with it each column in each layer. What goes wrong by two of the three is found. `npm run test:long` runs all cells.
 * @example
 * const played = builds.filter((_, layer) => isInSpread({ row, column, columns, layer, layers: builds.length }));
 */
export function isInSpread({ row, column, columns, layer, layers }: Cell): boolean {
  return columns < layers || (row + column) % layers === layer;
}
