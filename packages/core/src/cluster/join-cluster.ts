import cluster from "node:cluster";
import { type Aiwatch, defaultAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { AiwatchError } from "../base/errors.ts";
import { ranges, readNumber } from "../settings/read-number.ts";
import { type ClusterMember, membership, setMembership } from "./member.ts";
import { Primary } from "./primary.ts";
import { WorkerProcess } from "./worker-process.ts";

export interface ClusterOptions {
  /**
   * How long a scrape waits for a process that does not answer, in milliseconds. Of such a worker the answer holds the counters that it had
   * when it was last heard of, and none of its gauges; `genai_app_cluster_workers{state="silent"}` says so.
   * @default `AIWATCH_CLUSTER_TIMEOUT_MS`, else 2000
   */
  readonly timeoutMs?: number;
}

/**
 * Makes one `/metrics` of a `node:cluster`. Call it in the primary and in each worker; from then on the `/metrics` of any of them answers for
 * all, each metric by its own `aggregator`. What a worker counted stays when it is gone. The membership ends with `aiwatch.close()`, by which
 * a worker hands over what it counted since the last scrape. The processes speak on the channel of `process.send()`: a listener of the app's
 * leaves messages alone that have a `protocol` which it does not know.
 * @param aiwatch @default the first instance that was created. Call it after `createAiwatch`: where there is none yet, the process answers for the
 *   global registry until the app's first instance takes over, and for that one's registry alone from then on
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` where the process has joined with another registry; `AIWATCH_INVALID_SETTING`
 *   for a timeout that cannot be used; without an instance, what `defaultAiwatch` throws
 */
export function joinCluster(aiwatch: Aiwatch = defaultAiwatch(), options: ClusterOptions = {}): void {
  if (aiwatch.disabled) return;
  const timeout = { option: options.timeoutMs, name: "timeoutMs", variable: "AIWATCH_CLUSTER_TIMEOUT_MS" };
  const timeoutMs = readNumber({ ...timeout, range: ranges.timeout }) ?? 2000;
  const joined = membership();
  if (joined?.registry === aiwatch.registry) return;
  if (joined !== undefined) {
    throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", "this process has joined its cluster with another registry");
  }
  const member: ClusterMember = cluster.isPrimary
    ? new Primary(hostOf(aiwatch), timeoutMs)
    : new WorkerProcess(hostOf(aiwatch), timeoutMs);
  // of an instance that stood in, the registry becomes the app's own
  setMembership({
    get registry() {
      return aiwatch.registry;
    },
    member,
  });
  aiwatch.onClose(async () => {
    setMembership(undefined);
    await member.leave();
  });
}
