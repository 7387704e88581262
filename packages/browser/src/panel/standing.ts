import { count, duration, isKnown, span } from "./figures.ts";
import { objectivesOf } from "./objectives.ts";
import type { PanelData } from "./panel-data.ts";

/** What a panel can say of the server: each has an icon, a colour and words. */
export type PanelState = "loading" | "empty" | "live" | "degraded" | "slow" | "stale" | "failing" | "idle";

/** What a panel knows at a moment. */
export interface Situation {
  /** The last figures; absent until some came. */
  readonly data?: PanelData | undefined;
  /** Since they came. */
  readonly ageMs: number;
  /** From which age on they are stale. */
  readonly staleAfterMs: number;
  /** Why the last look failed; absent where it did not. */
  readonly trouble?: string | undefined;
  /** Whether somebody answered that look. */
  readonly isAnswered?: boolean | undefined;
  /** Whether the panel was told of nothing to ask. */
  readonly isUnset?: boolean;
}

export interface Standing {
  readonly state: PanelState;
  /** Beside the icon. */
  readonly words: string;
  /** Whether the figures are of the past. */
  readonly isOld: boolean;
  readonly note?: Note;
}

export interface Note {
  readonly strong: string;
  readonly text: string;
  readonly isBad: boolean;
}

const nobodyAnswers = "No figures yet";
const unset = ': set src="/metrics/summary", or the property data.';

/** The first of these that holds: no contact, nothing yet, old figures, what the server says of itself, slower than its objective, and at work or not. */
export function standingOf({ data, ageMs, staleAfterMs, trouble, isAnswered, isUnset }: Situation): Standing {
  if (trouble !== undefined) return outOfReach(trouble, data, ageMs, isAnswered);
  if (data === undefined && isUnset) return standing("loading", "not set up", "Nothing to ask", unset);
  if (data === undefined) return { state: "loading", words: "connecting", isOld: false };
  if (ageMs > staleAfterMs) return { state: "stale", words: `${span(ageMs / 1000)} old`, isOld: true };
  return ofServer(data) ?? ofObjectives(data) ?? ofWork(data);
}

function outOfReach(trouble: string, data: PanelData | undefined, ageMs: number, isAnswered = false): Standing {
  const words = isAnswered ? "no figures" : "out of reach";
  if (data === undefined) {
    const note = { strong: nobodyAnswers, text: `: ${trouble}. The panel goes on asking.`, isBad: true };
    return { state: "failing", words, isOld: false, note };
  }
  const note = {
    strong: isAnswered ? "No figures" : "Out of reach",
    text: `: ${trouble}. These are the last figures; the panel goes on asking.`,
    isBad: true,
  };
  return { state: "failing", words: `${words} for ${span(ageMs / 1000)}`, isOld: true, note };
}

/** What readiness says, where it is not simply ready. */
function ofServer({ state, uptimeSeconds }: PanelData): Standing | undefined {
  switch (state) {
    case "starting": {
      const text = ` The server is not ready yet; its process is up ${span(uptimeSeconds)}.`;
      return standing("loading", "loading", "The model is being loaded.", text);
    }
    case "failing":
      return standing("failing", "not ready", "The server is not ready", ": one of its critical checks fails.", true);
    case "draining":
      return standing("failing", "stopping", "The server is stopping", ": what is under way may still end.", true);
    case "degraded":
      return standing("degraded", "degraded", "Degraded", ": a check fails that is not critical.");
    default:
      return undefined;
  }
}

function standing(state: PanelState, words: string, strong: string, text: string, isBad = false): Standing {
  return { state, words, isOld: false, note: { strong, text, isBad } };
}

function ofObjectives(data: PanelData): Standing | undefined {
  const over = objectivesOf(data).find(({ verdict }) => verdict === "over");
  if (over === undefined) return undefined;
  const text = `: ${over.measured}, its objective is ${over.goal}.${over.name === "first token" ? reasonOf(data) : ""}`;
  return standing("slow", "slow", `Slow: ${over.name}`, text);
}

/** Whether the wait alone is over the limit: more cannot be told, since quantiles of parts do not add up. */
function reasonOf({ slo, now, window }: PanelData): string {
  const waited = window.queueMs.p95;
  if (!isKnown(waited)) return "";
  const wait = `95 % waited up to ${duration(waited)} for the engine`;
  if (waited <= (slo?.requestFirstTokenMs ?? 0)) return ` ${wait}: the line alone is not the reason.`;
  return ` The line alone takes longer: ${wait}; ${count(now.queued)} in line now.`;
}

function ofWork({ now, window, totals }: PanelData): Standing {
  if (now.chats > 0 || window.chats > 0) return { state: "live", words: "live", isOld: false };
  if (totals.chats > 0) {
    const words = isKnown(now.idleSeconds) ? `idle for ${span(now.idleSeconds)}` : "idle";
    return { state: "idle", words, isOld: false };
  }
  const text = " Ask the model something: how long it waits, reads and writes appears here.";
  return standing("empty", "ready", "No answer yet.", text);
}
