import type { InferenceHandle, Message } from "@aiwatch/core";
import { isObject } from "@aiwatch/core/adapter";

/** Hands a call's prompt to an inference whose app opted in. What is no text, such as an array of tokens, is left out. */
export function captureInput(inference: InferenceHandle, caller: object, args: readonly unknown[]): void {
  const [input] = args;
  const history = Array.isArray(input) ? messagesOf(input) : [];
  const messages: readonly Message[] = typeof input === "string" ? [{ role: "user", text: input }] : history;
  const instructions = [...history, ...sessionHistory(caller)].find(({ role }) => role === "system")?.text;
  inference.input(
    messages.filter(({ role }) => role !== "system"),
    instructions,
  );
}

/** A session knows its system prompt; a chat is given it with the history. */
function sessionHistory(session: object): readonly Message[] {
  const getChatHistory: unknown = Reflect.get(session, "getChatHistory");
  if (typeof getChatHistory !== "function") return [];
  const history: unknown = Reflect.apply(getChatHistory, session, []);
  return Array.isArray(history) ? messagesOf(history) : [];
}

const roles = { system: "system", user: "user", model: "assistant" } as const satisfies Record<string, Message["role"]>;

function messagesOf(history: readonly unknown[]): readonly Message[] {
  return history.filter(isObject).flatMap((item) => {
    const type: unknown = Reflect.get(item, "type");
    if (type !== "system" && type !== "user" && type !== "model") return [];
    const text = type === "model" ? textOf(Reflect.get(item, "response")) : textOf(Reflect.get(item, "text"));
    return [{ role: roles[type], text }];
  });
}

/** A text, a list of them, or the JSON of a `LlamaText`: the texts in it, one after the other. */
function textOf(content: unknown): string {
  if (typeof content === "string") return content;
  if (Array.isArray(content)) return content.map(textOf).join("");
  if (!isObject(content)) return "";
  return textOf(Reflect.get(content, "text") ?? Reflect.get(content, "value") ?? Reflect.get(content, "values") ?? "");
}
