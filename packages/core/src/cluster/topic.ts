import type { AiwatchHost } from "../aiwatch/host.ts";
import type { ClusterFigures } from "../summary/schema.ts";
import type { Pieces, Subject } from "./message.ts";
import type { Parent } from "./parent.ts";
import type { Peer } from "./peer.ts";
import type { Workers } from "./workers.ts";

/** The member of a cluster, as far as its topics need it. */
export interface Membership {
  readonly aiwatch: AiwatchHost;
  readonly timeoutMs: number;
  /** Absent in the one member that answers for all. */
  readonly parent: Parent | undefined;
  readonly workers: Workers;
}

/** What a member of a cluster does about one subject. */
export interface Topic<Of extends Subject> {
  /** What it answers its parent: what it has itself and what its workers have, not added up. */
  collect(): Promise<Pieces<Of>>;
  /** What it answers a worker: what everybody has. */
  tell(): Promise<Pieces<Of>>;
  /** A worker is gone. @param last what it said last */
  departed(last: Peer["last"]): void;
}

/** A member below another one asks its own workers in half of the time: the parent waits for its answer. */
export function shareOf(timeoutMs: number): number {
  return timeoutMs / 2;
}

/** How many workers a worker that has some counted in its answer, where each part says so. */
export function workersIn({ parts }: { readonly parts: readonly { readonly cluster?: ClusterFigures }[] }): number {
  return parts.reduce((sum, { cluster }) => sum + (cluster === undefined ? 0 : cluster.answered + cluster.silent), 0);
}
