import type { UnifiedFinishReason } from "../catalogue/values.ts";
import type { WindowPart } from "../chats/chat-window.ts";
import type { KnownModel } from "../models/model-board.ts";
import type { ClusterFigures, CurrentFigures, OutcomeCounts } from "./schema.ts";

/** A mean that can be added up. */
export interface MeanPart {
  readonly sum: number;
  readonly count: number;
}

/** A total that never falls to whoever reads it, and how far it is ahead of what was recorded. */
export interface ShownPart {
  readonly total: number;
  readonly debt: number;
}

/** What a process has for the summary, so that those of several can be added up: sums in place of means, histograms in place of quantiles. */
export interface SummaryPart {
  readonly requests: number;
  readonly failed: number;
  readonly activeRequests: number;
  readonly responseMs: MeanPart;
  readonly firstTokenMs: MeanPart;
  readonly inferences: Readonly<Record<UnifiedFinishReason, number>>;
  readonly generated: ShownPart;
  readonly processed: ShownPart;
  /** Those that live in the process first. */
  readonly models: ReadonlyMap<string, KnownModel>;
  /** Absent where it is not known any more. */
  readonly now?: CurrentFigures;
  readonly totals: OutcomeCounts;
  readonly window: WindowPart;
  /** Of a cluster, what the part is made of besides. */
  readonly cluster?: ClusterFigures;
}
