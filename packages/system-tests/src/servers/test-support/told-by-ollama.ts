import { known } from "./known.ts";
import { type Told, toldBy } from "./told.ts";

/** What an answer of Ollama tells, read from its bytes by rules of the test's own: times are nanoseconds, and what is 0 is left out. */
export function toldByOllama(text: string): Told {
  const last = text.trimEnd().split("\n").at(-1) ?? "";
  const answer = last.startsWith("{") ? JSON.parse(last) : {};
  const isNative = answer.total_duration !== undefined;
  if (!isNative) return { ...toldBy(text, 1), ...neverCounted };
  const milliseconds = (name: string) => (answer[name] === undefined ? undefined : answer[name] / 1e6);
  const serverTimes = {
    loadMs: milliseconds("load_duration"),
    promptEvalMs: milliseconds("prompt_eval_duration"),
    decodeMs: milliseconds("eval_duration"),
  };
  return known({
    promptTokens: answer.prompt_eval_count,
    outputTokens: answer.eval_count,
    serverTimes: known(serverTimes),
    finish: answer.done_reason,
  });
}

/** The Responses API says 0 of it, always. */
const neverCounted = { cachedPromptTokens: undefined };
