/** Tests that run wherever core does: in vitest on the sources, and in a plain process on what was built. */
export interface Suite {
  readonly title: string;
  readonly tests: readonly { readonly name: string; readonly test: () => Promise<void> }[];
}
