import { mergedCluster } from "../summary/merged-summary.ts";
import { type ChatsPart, mostEnded, mostListed } from "./chat-board.ts";

/** The chats of several processes in one list, as long as that of one may be and in the same order. */
export function mergedChats(parts: readonly ChatsPart[]): ChatsPart {
  const all = parts.flatMap(({ chats }) => chats);
  const underWay = all.filter(({ outcome }) => outcome === undefined);
  const ended = all.filter(({ outcome }) => outcome !== undefined);
  underWay.sort((a, b) => (b.ageMs ?? 0) - (a.ageMs ?? 0));
  ended.sort((a, b) => (a.endedMsAgo ?? 0) - (b.endedMsAgo ?? 0));
  const cluster = mergedCluster(parts.flatMap((part) => part.cluster ?? []));
  return {
    underWay: parts.reduce((sum, part) => sum + part.underWay, 0),
    chats: [...underWay.slice(0, mostListed), ...ended.slice(0, mostEnded)],
    ...(cluster !== undefined && { cluster }),
  };
}
