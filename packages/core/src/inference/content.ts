import { type ContentTarget, coreSettings } from "../settings/core-settings.ts";
import type { Environment } from "../settings/settings.ts";
import { readRow } from "../settings/settings.ts";

export type { ContentTarget } from "../settings/core-settings.ts";

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
  return {
    target: readRow(coreSettings.contentTarget, options.target, environment),
    maxLength: readRow(coreSettings.contentMaxLength, options.maxLength, environment),
  };
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
