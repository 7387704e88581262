import { fileURLToPath } from "node:url";
import { type FinishedProcess, runToEnd } from "@aiwatch/testkit";
import type { ProbeReport } from "./played.ts";

const probe = fileURLToPath(new URL("probe.ts", import.meta.url));

/**
 * 3.6.0 crashes now and then when Node collects garbage, observed or not ("Check failed: Heap::InFromPage"). With so much room for young
 * objects, in megabytes, the probe ends before there is any to collect.
 */
const youngObjects = 256;

/** Plays all features with the release in `folder`, in a process of its own. */
export async function runProbe(folder: string): Promise<ProbeReport> {
  const first = await play(folder);
  if (isCrash(first))
    process.stderr.write(`\nThe engine crashed (${first.signal}), and is tried once more: ${folder}\n`);
  const { code, signal, stdout, stderr } = isCrash(first) ? await play(folder) : first;
  if (code !== 0) throw new Error(`the probe ended with ${code ?? signal}: ${stderr}`);
  return JSON.parse(stdout);
}

function play(folder: string): Promise<FinishedProcess> {
  const room = [`--min-semi-space-size=${youngObjects}`, `--max-semi-space-size=${youngObjects}`];
  const args = [...room, "--disable-warning=ExperimentalWarning", probe, folder];
  return runToEnd(process.execPath, args, { timeoutMs: 170_000 });
}

/** A native one; `SIGKILL` is the end of our patience, and no crash. */
function isCrash({ signal }: FinishedProcess): boolean {
  return signal !== undefined && signal !== "SIGKILL";
}
