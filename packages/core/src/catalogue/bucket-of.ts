/** The bucket that a value falls into: that of the first bound that is not below it, or the last one, over every bound. */
export function bucketOf(bounds: readonly number[], value: number): number {
  let index = 0;
  while (index < bounds.length && value > (bounds[index] as number)) index += 1;
  return index;
}
