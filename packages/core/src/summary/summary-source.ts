import { processWide } from "../base/process-wide.ts";
import type { ChatsPart } from "../chats/chat-board.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import type { SummaryPart } from "./summary-part.ts";

/** What answers in the place of one process: a cluster's member, for all its processes. */
export interface SummarySource {
  readonly registry: MetricsRegistry;
  gatherSummary(): Promise<SummaryPart>;
  gatherChats(): Promise<ChatsPart>;
}

const installed = processWide("@aiwatch/core/summary-source", 1, (): { source: SummarySource | undefined } => ({
  source: undefined,
}));

/** Has `source` answer from now on; nothing does where it is `undefined`. */
export function installSummarySource(source: SummarySource | undefined): void {
  installed().source = source;
}

/** What answers for the instance on this registry; undefined where the process answers for itself. */
export function summarySourceOf({ registry }: { readonly registry: MetricsRegistry }): SummarySource | undefined {
  const { source } = installed();
  return source?.registry === registry ? source : undefined;
}
