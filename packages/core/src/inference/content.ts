import { type Environment, invalidSetting, readSetting } from "../settings/settings.ts";

/** Where prompts and answers are written to, if anywhere. */
export type ContentTarget = "none" | "span" | "event" | "span_and_event";

export interface ContentSettings {
  readonly target: ContentTarget;
  readonly maxLength: number;
}

/** A message as the conventions write it, text alone. */
export interface Message {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  /** Of an answer, why it ended. */
  readonly finishReason?: string;
}

/** The convention's words, the boolean that came before them, and our own. */
const targets: ReadonlyMap<string, ContentTarget> = new Map([
  ["true", "span"],
  ["false", "none"],
  ["no_content", "none"],
  ["span_only", "span"],
  ["event_only", "event"],
  ["span_and_event", "span_and_event"],
  ["none", "none"],
  ["span", "span"],
  ["event", "event"],
]);

const defaultMaxLength = 8192;
const variable = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT";
const expected = "true, false, NO_CONTENT, SPAN_ONLY, EVENT_ONLY or SPAN_AND_EVENT";

export interface ContentOptions {
  /**
   * Writes prompts and answers into spans: as attributes, as an event of the span, or both.
   * @default `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT`, else "none"
   */
  readonly target?: ContentTarget;
  /**
   * Characters of a text that are kept, and four times as many of a conversation, the newest first; what is cut off is said in its place.
   * @default `AIWATCH_CONTENT_MAX_LENGTH`, else 8192
   */
  readonly maxLength?: number;
}

/** @throws AiwatchError `AIWATCH_INVALID_SETTING` for what is none of the targets, or no length */
export function readContentSettings(options: ContentOptions = {}, environment?: Environment): ContentSettings {
  const { target, maxLength } = options;
  if (target !== undefined && ![...targets.values()].includes(target)) {
    throw invalidSetting("the option content.target", target, "none, span, event or span_and_event");
  }
  if (maxLength !== undefined && !isLength(maxLength)) {
    throw invalidSetting("the option content.maxLength", maxLength, "a whole number above 0");
  }
  const parseTarget = (text: string) => targets.get(text.toLowerCase());
  return {
    target: readSetting({ option: target, variables: [variable], environment }, parseTarget, expected) ?? "none",
    maxLength:
      readSetting(
        { option: maxLength, variables: ["AIWATCH_CONTENT_MAX_LENGTH"], environment },
        (text) => (isLength(Number(text)) ? Number(text) : undefined),
        "a whole number above 0",
      ) ?? defaultMaxLength,
  };
}

function isLength(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** How many texts of the full length one attribute holds: a long conversation must not make a span of megabytes. */
const fullTexts = 4;

/** Messages as the JSON that the conventions ask for, each text cut to the length, the older ones to what the newer ones leave. */
export function messagesJson(messages: readonly Message[], maxLength: number): string {
  let left = maxLength * fullTexts;
  const written = messages.toReversed().map(({ role, text, finishReason }) => {
    const content = cut(text, Math.min(maxLength, left));
    left = Math.max(0, left - text.length);
    return {
      role,
      parts: [{ type: "text", content }],
      ...(finishReason !== undefined && { finish_reason: finishReason }),
    };
  });
  return JSON.stringify(written.reverse());
}

/** System instructions as the JSON that the conventions ask for: parts without a role. */
export function instructionsJson(instructions: string, maxLength: number): string {
  return JSON.stringify([{ type: "text", content: cut(instructions, maxLength) }]);
}

function cut(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  // a character outside the basic plane is two units: half of one is no text
  const kept = maxLength > 0 && isHighSurrogate(text.charCodeAt(maxLength - 1)) ? maxLength - 1 : maxLength;
  return `${text.slice(0, kept)}… (${text.length - kept} more)`;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}
