export type Count = (amount?: number) => void;

/** Runs what puts one value into one instrument: a fault of that costs no other value. */
export type PutGuard = (put: () => void) => void;

/** A counter's series, bound now so that it begins at 0. What cannot be bound is tried again with each addition. */
export function guardedCount(guard: PutGuard, bind: () => Count): Count {
  let bound: Count | undefined;
  guard(() => {
    bound = bind();
  });
  return (amount) =>
    guard(() => {
      bound ??= bind();
      bound(amount);
    });
}
