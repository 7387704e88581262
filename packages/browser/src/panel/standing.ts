import { isKnown, span } from "./figures.ts";
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
    const note = { strong: "No figures yet", text: `: ${trouble}. The panel goes on asking.`, isBad: true };
    return { state: "failing", words, isOld: false, note };
  }
  // what to do was said while nothing had come yet: beside figures it has one line, and moves nothing
  const note = { strong: "Last figures", text: `: ${trouble.split(": ")[0]}.`, isBad: true };
  return { state: "failing", words: `${words} for ${span(ageMs / 1000)}`, isOld: true, note };
}

/** What readiness says, where it is not simply ready. */
function ofServer({ state, uptimeSeconds, models }: PanelData): Standing | undefined {
  switch (state) {
    case "starting": {
      const text = ` The server is not ready yet; its process is up ${span(uptimeSeconds)}.`;
      const isLoaded = models.some(({ loadMs }) => isKnown(loadMs));
      return isLoaded
        ? standing("loading", "getting ready", "The model is loaded.", text)
        : standing("loading", "loading", "The model is being loaded.", text);
    }
    case "failing":
      return standing("failing", "not ready", "Not ready", ": a critical check fails.", true);
    case "draining":
      return standing("failing", "shutting down", "Shutting down", ": answers may still end.", true);
    case "degraded":
      return standing("degraded", "degraded", "Degraded", ": a non-critical check fails.");
    default:
      return undefined;
  }
}

function standing(state: PanelState, words: string, strong: string, text: string, isBad = false): Standing {
  return { state, words, isOld: false, note: { strong, text, isBad } };
}

/** Without a note: it comes and goes, and would move what is being read. Which and why is beside the objective. */
function ofObjectives(data: PanelData): Standing | undefined {
  const isOver = objectivesOf(data).some(({ verdict }) => verdict === "over");
  return isOver ? { state: "slow", words: "slow", isOld: false } : undefined;
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
