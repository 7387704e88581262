import {
  type ChatWrapper,
  LlamaChat,
  LlamaChatSession,
  type LlamaChatSessionOptions,
  type LlamaContextSequence,
  resolveChatWrapper,
} from "node-llama-cpp";

/** By the model's file. */
const wrappers = new Map<string | undefined, ChatWrapper>();

/** The wrapper that the engine finds for a model by itself. Finding it takes it some 200 ms, for each session anew. */
function wrapperOf({ model }: LlamaContextSequence): ChatWrapper {
  const wrapper = wrappers.get(model.filename) ?? resolveChatWrapper(model);
  wrappers.set(model.filename, wrapper);
  return wrapper;
}

export function newSession(
  contextSequence: LlamaContextSequence,
  options: Omit<LlamaChatSessionOptions, "contextSequence"> = {},
): LlamaChatSession {
  return new LlamaChatSession({ contextSequence, chatWrapper: wrapperOf(contextSequence), ...options });
}

export function newChat(contextSequence: LlamaContextSequence): LlamaChat {
  return new LlamaChat({ contextSequence, chatWrapper: wrapperOf(contextSequence) });
}
