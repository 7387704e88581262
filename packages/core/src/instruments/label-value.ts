import { createHash } from "node:crypto";
import { cutText } from "../base/cut-text.ts";

/** Longer ones are cut: a model's file, a tool's name or an app's route may hold whatever somebody put there. */
const maxCharacters = 256;
const digestCharacters = 8;

/**
 * What a metric knows a value by: text as UTF-8 can write it, since two that are written alike would be one series twice. A long one is cut,
 * and ends in a digest of the whole: two with the same beginning stay two.
 */
export function labelValue(given: unknown): string {
  const text = String(given ?? "").toWellFormed();
  return text.length <= maxCharacters ? text : shortOf(text);
}

/** What long texts were cut to: a digest costs more than all else that an inference does to the metrics. */
const cut = new Map<string, string>();
const keptCuts = 100;
/** Longer ones are no names, and are not held. */
const longestKept = 4096;

function shortOf(text: string): string {
  const known = cut.get(text);
  if (known !== undefined) return known;
  const digest = createHash("sha256").update(text).digest("hex").slice(0, digestCharacters);
  const short = `${cutText(text, maxCharacters - digestCharacters - 1)}~${digest}`;
  if (text.length > longestKept) return short;
  if (cut.size >= keptCuts) cut.clear();
  cut.set(text, short);
  return short;
}

/** A key that no other texts have, if they are as many: each but the last comes with its length, since any character may be in one. */
export function keyOfTexts(texts: readonly string[]): string {
  const last = texts.length - 1;
  let key = "";
  for (let index = 0; index < last; index += 1) {
    const text = texts[index] ?? "";
    key += `${text.length}:${text}`;
  }
  return key + (texts[last] ?? "");
}
