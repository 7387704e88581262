import { types } from "node:util";
import type { Clock } from "../base/clock.ts";

/** Runs `action` and tells the seconds that it took, once, whatever its end. */
export function timed<Result>(action: () => Result, clock: Clock, tell: (seconds: number) => void): Result {
  const began = clock.now();
  const end = () => tell((clock.now() - began) / 1000);
  let isPending = false;
  // no `catch`: an error thrown again from here would crash the app with our line shown in the place of the app's
  try {
    const result = action();
    if (!types.isPromise(result)) return result;
    isPending = true;
    return result.finally(end) as Result;
  } finally {
    if (!isPending) end();
  }
}
