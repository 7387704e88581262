const kept: object[] = [];

/** Holds a handle for as long as the tests run: what an app drops is given up when the collector comes, whenever that is. */
export function keep<T extends object>(handle: T): T {
  kept.push(handle);
  return handle;
}
