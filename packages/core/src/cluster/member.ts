import type { MetricJson } from "../exposition/metric-json.ts";
import type { MetricsRegistry } from "../prometheus/registry.ts";
import { type SharedState, sharedState } from "../state.ts";

/** This process's part in a cluster. */
export interface ClusterMember {
  /** The metrics of all processes, added up. */
  gather(): Promise<readonly MetricJson[]>;
  /** Hears and says nothing more. */
  leave(): Promise<void>;
}

interface Membership {
  readonly registry: MetricsRegistry;
  readonly member: ClusterMember;
}

/** Kept with the rest of what exists once in a process: the doors are entries of their own and must find it. */
interface ClusterState extends SharedState {
  cluster?: Membership | undefined;
}

const state = (): ClusterState => sharedState();

/** The membership that this process has, whatever its registry. */
export function membership(): Membership | undefined {
  return state().cluster;
}

/** The member that answers for a registry, where its process has joined a cluster. */
export function clusterMember(registry: MetricsRegistry): ClusterMember | undefined {
  const joined = membership();
  return joined?.registry === registry ? joined.member : undefined;
}

export function setMembership(joined: Membership | undefined): void {
  state().cluster = joined;
}
