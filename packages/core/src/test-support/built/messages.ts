/** What the process under test tells first. */
export interface About {
  readonly node: string;
  /** The file that runs as `@aiwatch/core` there. */
  readonly core: string;
}

/** A test, by its suite's title and its own name. */
export interface Asked {
  readonly title: string;
  readonly name: string;
}

/** Told when there is nothing more to ask. A channel that the parent closes would leave the child's own end untold. */
export const end = "end";
export type End = typeof end;

export type Outcome =
  | { readonly passed: true }
  | { readonly passed: false; readonly error: Readonly<Record<string, string>> };
