import { processWide } from "../base/process-wide.ts";
import type { MetricJson } from "../exposition/metric-json.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";

/** This process's part in a cluster. */
export interface ClusterMember {
  /**
   * The metrics of all processes, added up.
   * @throws AiwatchError `AIWATCH_CLUSTER_TIMEOUT` in a worker whose primary does not answer
   */
  gather(): Promise<readonly MetricJson[]>;
  /** Hears and says nothing more. */
  leave(): Promise<void>;
}

interface Membership {
  readonly registry: MetricsRegistry;
  readonly member: ClusterMember;
}

interface Memberships {
  current: Membership | undefined;
}

const memberships = processWide("@aiwatch/core/cluster", 1, (): Memberships => ({ current: undefined }));

/** The membership that this process has, whatever its registry. */
export function membership(): Membership | undefined {
  return memberships().current;
}

/** The member that answers for a registry, where its process has joined a cluster. */
export function clusterMember(registry: MetricsRegistry): ClusterMember | undefined {
  const joined = membership();
  return joined?.registry === registry ? joined.member : undefined;
}

export function setMembership(joined: Membership | undefined): void {
  memberships().current = joined;
}
