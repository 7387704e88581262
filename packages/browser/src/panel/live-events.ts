export type { LiveSummary, LiveTick } from "@aiwatch/core/live-schema";
export { withTick } from "@aiwatch/core/live-schema";
