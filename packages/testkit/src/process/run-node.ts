import { type ProcessOptions, type RunningProcess, startProcess } from "./running-process.ts";

/** Starts this very Node on an entry file or with a list of arguments. */
export function runNode(entry: string | readonly string[], options: ProcessOptions = {}): Promise<RunningProcess> {
  return startProcess(process.execPath, typeof entry === "string" ? [entry] : entry, options);
}
