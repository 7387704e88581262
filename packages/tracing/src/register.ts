import { isAiwatchError } from "@aiwatch/core";
import { startTracing } from "./start-tracing.ts";

/** Starts tracing from the environment. Settings that cannot be used are one line on stderr, and the app runs without tracing. */
function startAtLoad(): void {
  // node-llama-cpp tries its binary in a process that inherits the flags of Node: there is nothing to trace
  if (process.env["TEST_BINDING_CP"] === "true") return;
  try {
    startTracing();
  } catch (error) {
    process.stderr.write(`@aiwatch/tracing/register: tracing stays off: ${reasonOf(error)}\n`);
  }
}

/** Ours are one line and without credentials; of others only the kind is known to be. */
function reasonOf(error: unknown): string {
  if (isAiwatchError(error)) return error.message;
  return error instanceof Error ? error.name : "unknown error";
}

// for `node --import @aiwatch/tracing/register app.js`: done before the app's first line runs
startAtLoad();
