import cluster from "node:cluster";
import { isMainThread } from "node:worker_threads";
import { type Aiwatch, defaultAiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import { AiwatchError } from "../base/errors.ts";
import { installedSource, installSource } from "../exposition/registry-metrics.ts";
import { coreSettings } from "../settings/core-settings.ts";
import { readRow } from "../settings/settings.ts";
import { installSummarySource } from "../summary/summary-source.ts";
import { ClusterMember, type Neighbours } from "./member.ts";
import { primaryProcess, workerProcesses } from "./process-transport.ts";
import { mainThread, workerThreads } from "./thread-transport.ts";

export interface ClusterOptions {
  /**
   * How long a scrape waits for a process or a thread that does not answer, in milliseconds. Of such a worker the answer holds the counters
   * of its last answer, and none of its gauges; `genai_app_cluster_workers{state="silent"}` says so, and `cluster.silent` in the summary.
   * @default `AIWATCH_CLUSTER_TIMEOUT_MS`, else 2000
   */
  readonly timeoutMs?: number;
}

/** Whether an instance of this process is closed and still hands over what it counted: a parent could not tell its last words from another's. */
let isLeaving = false;

/**
 * Makes one `/metrics` of the processes of a `node:cluster`, and of the worker threads of each; one `/metrics/summary` and one list of chats,
 * too. Call it in the primary, in each worker process and in each worker thread, in a main thread before it starts threads. From then on any of
 * them answers for all: each metric by its own `aggregator`, the summary as one process with all the traffic would have it. What a worker counted stays when it is gone. The membership ends with `aiwatch.close()`, by which a
 * worker hands over what it counted since the last scrape. Processes speak on the channel of `process.send()`: a listener of your app leaves
 * messages alone that have a `protocol` which it does not know. Threads speak on channels of their own.
 * @param aiwatch @default the first instance that was created. Call it after `createAiwatch`: where there is none yet, the process answers for the
 *   global registry until the app's first instance takes over, and for that one's registry alone from then on
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` where the process or the thread has joined with another registry, or is about to leave with it
 *   since its `close()` has not resolved, and for what is no instance;
 *   `AIWATCH_INVALID_SETTING` for a timeout that cannot be used; without an instance, what `defaultAiwatch` throws
 * @example
 * import { createAiwatch } from "@aiwatch/core";
 * import { joinCluster } from "@aiwatch/core/cluster";
 * joinCluster(createAiwatch());
 */
export function joinCluster(aiwatch: Aiwatch = defaultAiwatch(), options: ClusterOptions = {}): void {
  const host = hostOf(aiwatch);
  if (host.disabled) return;
  const timeoutMs = readRow(coreSettings.clusterTimeoutMs, options.timeoutMs);
  const joined = installedSource();
  if (joined?.registry === aiwatch.registry) return;
  if (joined !== undefined) {
    const message = "joinCluster() was called in this process with an instance on another registry: call it once";
    throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
  }
  if (isLeaving) {
    const message = "joinCluster() was called while an instance leaves the cluster: await its close() first";
    throw new AiwatchError("AIWATCH_INVALID_ARGUMENT", message);
  }
  const member = new ClusterMember(host, timeoutMs, neighbours());
  installSource(member);
  installSummarySource(member);
  aiwatch.onClose(async () => {
    installSource(undefined);
    installSummarySource(undefined);
    isLeaving = true;
    await member.leave().finally(() => {
      isLeaving = false;
    });
  });
}

function neighbours(): Neighbours {
  if (!isMainThread) return { parent: mainThread, workers: [] };
  if (cluster.isPrimary) return { workers: [workerProcesses, workerThreads] };
  return { parent: primaryProcess, workers: [workerThreads] };
}
