import { types } from "node:util";
import type { Clock } from "../clock.ts";

/** Runs `action` and tells the seconds that it took, once, whatever its end. */
export function timed<Result>(action: () => Result, clock: Clock, tell: (seconds: number) => void): Result {
  const began = clock.now();
  const end = () => tell((clock.now() - began) / 1000);
  let result: Result;
  try {
    result = action();
  } catch (error) {
    end();
    throw error;
  }
  if (types.isPromise(result)) return result.finally(end) as Result;
  end();
  return result;
}
