import type { ChatWrapper, ChatWrapperSettings } from "node-llama-cpp";
import type { Engine } from "./release-stage.ts";

/**
 * The tiny model's templates in the words of every release: early ones do not know that a call may come without a space, nor find a template's
 * thoughts by themselves.
 */
export function callingWrapper(engine: Engine): ChatWrapper {
  return chatMl(engine, ({ functions, ...settings }) => ({
    ...settings,
    functions: { ...functions, call: { ...functions.call, prefix: "||call:" } },
  }));
}

export function thinkingWrapper(engine: Engine): ChatWrapper {
  const { LlamaText, SpecialTokensText } = engine;
  const mark = (text: string) => LlamaText(new SpecialTokensText(text));
  return chatMl(engine, (settings) => ({
    ...settings,
    segments: { thought: { prefix: mark("<think>"), suffix: mark("</think>") } },
  }));
}

function chatMl(engine: Engine, change: (settings: ChatWrapperSettings) => ChatWrapperSettings): ChatWrapper {
  const wrapper = new engine.ChatMLChatWrapper();
  Object.defineProperty(wrapper, "settings", { value: change(wrapper.settings), enumerable: true });
  return wrapper;
}
