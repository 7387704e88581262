import { standIn } from "../collector/stand-in.ts";
import type { State } from "../collector/states.ts";

/** A collector in a process of its own, which says where it listens. */
export async function collectorTask(state: State) {
  const port = await standIn(state);
  return async (_request: null): Promise<number> => port;
}
