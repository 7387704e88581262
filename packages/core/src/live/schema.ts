/**
 * The events of `/metrics/live`, for whoever writes them and whoever reads them, a browser included: nothing here needs Node.
 */
import type { ChatEntry, ChatList, ChatTimes, ClusterFigures, SummaryAnswer } from "../summary/schema.ts";

/**
 * The data of `event: summary`: all of it, as the two routes answer it. The first event of a stream is one, and so is each event to a reader that
 * had missed a tick.
 */
export interface LiveSummary {
  /** What `GET /metrics/summary` answers. */
  readonly summary: SummaryAnswer;
  /** What `GET /metrics/chats` answers to this reader. */
  readonly chats: ChatList;
}

/**
 * The data of `event: tick`: what changed since the event before, to this reader. `withTick` makes the whole of it again.
 */
export interface LiveTick {
  /** Since the event before, in milliseconds: all chats that this tick does not name grew older by it. */
  readonly elapsedMs: number;
  /** The fields of the summary that changed, each whole; null where it has the field no longer. `series` comes when a step is over. */
  readonly summary: SummaryChanges;
  readonly chats: ChatChanges;
}

export type SummaryChanges = { readonly [Field in keyof SummaryAnswer]?: SummaryAnswer[Field] | null };

/** What changed in the list of chats. */
export interface ChatChanges {
  /** Chats under way, as in the list. */
  readonly underWay: number;
  /** Those that are new, that ended, and those of which something else changed than how long they have been at their phase. */
  readonly changed: readonly (ChatEntry | ChatTimes)[];
  /** The keys of those that are in the list no longer. */
  readonly gone: readonly string[];
  readonly cluster?: ClusterFigures;
}

/**
 * What a reader of the stream shows after a tick. It changes neither of the two.
 * @param live what it showed before
 * @example
 * source.addEventListener("summary", ({ data }) => show((live = JSON.parse(data))));
 * source.addEventListener("tick", ({ data }) => show((live = withTick(live, JSON.parse(data)))));
 */
export function withTick({ summary, chats }: LiveSummary, tick: LiveTick): LiveSummary {
  const fields = Object.entries({ ...summary, ...tick.summary }).filter(([, value]) => value !== null);
  return { summary: Object.fromEntries(fields) as unknown as SummaryAnswer, chats: listWith(chats, tick) };
}

function listWith({ schema, chats }: ChatList, { elapsedMs, chats: changes }: LiveTick): ChatList {
  const byKey = new Map(chats.map((chat) => [chat.key, older(chat, elapsedMs)]));
  for (const key of changes.gone) byKey.delete(key);
  for (const chat of changes.changed) byKey.set(chat.key, chat);
  const all = [...byKey.values()];
  const underWay = all.filter(({ outcome }) => outcome === undefined);
  const ended = all.filter(({ outcome }) => outcome !== undefined);
  underWay.sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
  ended.sort((a, b) => (a.endedMsAgo ?? 0) - (b.endedMsAgo ?? 0));
  return {
    schema,
    underWay: changes.underWay,
    chats: [...underWay, ...ended],
    ...(changes.cluster !== undefined && { cluster: changes.cluster }),
  };
}

/** The chat some time later, if nothing else happened to it. */
function older<Chat extends ChatTimes>(chat: Chat, ms: number): Chat {
  const { phase, ageMs, endedMsAgo, ms: times } = chat;
  const at = phase === "queue" && times.queue === undefined ? "prompt" : phase;
  return {
    ...chat,
    ...(ageMs !== undefined && { ageMs: ageMs + ms }),
    ...(endedMsAgo !== undefined && { endedMsAgo: endedMsAgo + ms }),
    ...(at !== undefined && { ms: { ...times, [at]: (times[at] ?? 0) + ms } }),
  };
}
