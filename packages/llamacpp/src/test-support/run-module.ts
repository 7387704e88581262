import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

/**
 * Runs a module of this folder in a process of its own, which can collect its garbage. Never by `--eval`: the engine forks, with the flags that
 * Node was given.
 */
export function runModule(name: string, ...args: string[]) {
  const file = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  const flags = ["--expose-gc", "--conditions=@aiwatch/source", "--no-warnings"];
  return promisify(execFile)(process.execPath, [...flags, file, ...args]);
}
