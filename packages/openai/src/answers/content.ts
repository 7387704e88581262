import type { Message } from "@aiwatch/core";
import { isObject, valueAt } from "@aiwatch/core/adapter";
import { countAt, listAt, textAt } from "./figures.ts";

/** What a request puts in, for an app that opted in to keep it. */
export interface Prompt {
  readonly messages: readonly Message[];
  readonly instructions: string | undefined;
}

/** @param body a request's, of any of the APIs */
export function promptOf(body: object): Prompt {
  const list = [...listAt(body, "messages"), ...listAt(body, "input")];
  const alone = [textAt(body, "prompt"), textAt(body, "input"), textAt(body, "query")];
  const messages: Message[] = alone.filter((text) => text !== undefined).map((text) => ({ role: "user", text }));
  for (const message of list) messages.push(messageOf(message));
  const instructions = textOf(valueAt(body, "instructions") ?? valueAt(body, "system"));
  return { messages, instructions: instructions === "" ? undefined : instructions };
}

const roles: ReadonlyMap<unknown, Message["role"]> = new Map([
  ["system", "system"],
  ["developer", "system"],
  ["assistant", "assistant"],
  ["tool", "tool"],
]);

function messageOf(message: unknown): Message {
  return { role: roles.get(valueAt(message, "role")) ?? "user", text: textOf(valueAt(message, "content") ?? message) };
}

/** The text of a content: a text, or parts that have some. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return "";
  return content.map((part) => (isObject(part) ? (textAt(part, "text") ?? "") : textOf(part))).join("");
}

/** What is kept of an answer's text. */
const maxLength = 2 ** 20;

/** The text of an answer, a message for each choice, for an app that opted in to keep it. */
export class AnswerText {
  readonly #texts = new Map<number, string>();

  /** @param event an event, or the whole answer, of any of the APIs */
  add(event: object): void {
    for (const choice of listAt(event, "choices")) {
      const spoken = valueAt(choice, "delta") ?? valueAt(choice, "message");
      this.#append(countAt(choice, "index") ?? 0, valueAt(spoken, "content") ?? valueAt(choice, "text"));
    }
    const isText = valueAt(event, "type") === "response.output_text.delta";
    this.#append(0, isText ? valueAt(event, "delta") : valueAt(event, "delta", "text"));
    this.#append(0, valueAt(event, "message", "content") ?? valueAt(event, "response") ?? valueAt(event, "content"));
    for (const item of listAt(event, "output")) this.#append(0, valueAt(item, "content"));
  }

  /** @param finishReason why it ended */
  messages(finishReason: string | undefined): readonly Message[] {
    return Array.from(this.#texts.values(), (text) => ({
      role: "assistant",
      text,
      ...(finishReason !== undefined && { finishReason }),
    }));
  }

  #append(choice: number, content: unknown): void {
    const before = this.#texts.get(choice) ?? "";
    const text = textOf(content);
    if (text !== "" && before.length < maxLength) this.#texts.set(choice, before + text);
  }
}
