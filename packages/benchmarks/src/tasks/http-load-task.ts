import { putLoad } from "../http/load.ts";

/** Where the load comes from: a process of its own, so that what it takes is not counted as the server's. */
export async function httpLoadTask(_start: null) {
  return putLoad;
}
