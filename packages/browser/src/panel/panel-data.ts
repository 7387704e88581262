import {
  type ChatEntry,
  type ChatList,
  type ChatTimes,
  type Summary,
  type SummaryAnswer,
  summarySchema,
} from "@aiwatch/core/summary-schema";

/**
 * What a panel shows: the JSON of `GET /metrics/summary`, or what `aiwatch.summary()` gives; and beside it, where you have it, that of `GET /metrics/chats`.
 *
 * @example panel.data = { ...summary, ...chatList };
 */
export type PanelData = Summary & Partial<Pick<SummaryAnswer, "state">> & Partial<Pick<ChatList, "chats" | "underWay">>;

/** A chat of the list: for strangers it has its times alone. */
export type Chat = ChatTimes & Partial<ChatEntry>;

/** Why a value cannot be shown; undefined where it can be. */
export function faultOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null) return "the answer is no summary";
  const { schema, now, window, totals, series, models } = value as Partial<PanelData>;
  if (schema !== undefined && schema !== summarySchema) return `schema ${schema} is not known to this panel`;
  const parts = [now, window, window?.firstTokenMs, window?.queueMs, window?.tokensPerSecond, totals, series, models];
  return parts.every((part) => typeof part === "object" && part !== null) ? undefined : "the answer is no summary";
}
