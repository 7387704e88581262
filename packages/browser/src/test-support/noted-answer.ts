import type { ObservedAnswer } from "../answers.ts";

/** An answer that notes what happens to it, and counts only the first end as a page's does. */
export function notedAnswer(): { answer: ObservedAnswer; notes: string[] } {
  const notes: string[] = [];
  const isEnded = () => notes.some((note) => note.startsWith("end"));
  const note = (text: string) => {
    if (!isEnded() && !notes.includes(text)) notes.push(text);
  };
  const answer: ObservedAnswer = {
    traceId: "",
    traceparent: "",
    firstToken: () => note("first text"),
    end: (outcome, _status, type) => note(["end", outcome, type].filter(Boolean).join(" ")),
  };
  return { answer, notes };
}
