import { processWide } from "@aiwatch/core/adapter";
import type { Tracing } from "./handle.ts";

interface SharedState {
  running: Tracing | undefined;
  /** Who may see trace headers while it runs. */
  origins: ReadonlySet<string>;
}

export const sharedState = processWide(
  "@aiwatch/tracing/state",
  1,
  (): SharedState => ({ running: undefined, origins: new Set() }),
);
