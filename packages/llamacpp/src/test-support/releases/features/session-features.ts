import { generated } from "../counts.ts";
import { aborted, type Feature, failed, full, prompt, reason, sampling, stopped } from "../feature.ts";

/** What a chat session does, and how it ends. */
export const sessionFeatures: readonly Feature[] = [
  {
    name: "prompt, with the wrapper of the model's template",
    play: async (stage) => (await stage.session(await stage.sequence(), "auto")).promptWithMeta(prompt, sampling),
    records: [{ finishReason: stopped, counts: generated }],
  },
  {
    name: "prompt, completed",
    ways: ["llama", "model", "context", "sequence", "caller"],
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, { ...sampling, onToken: stage.onToken() }),
    records: [{ finishReason: stopped, counts: generated }],
  },
  {
    name: "prompt, max tokens",
    play: async (stage) => (await stage.session()).prompt(prompt, { ...sampling, maxTokens: 5 }),
    records: [{ finishReason: full, counts: (bare) => ({ ...generated(bare), outputTokens: 5 }) }],
  },
  {
    name: "prompt, aborted in the answer",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(5, () => controller.abort(reason));
      return (await stage.session()).prompt(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    records: [
      {
        finishReason: aborted,
        counts: (bare) => ({ ...generated(bare), undeliveredTokens: 1 }),
      },
    ],
  },
  {
    name: "prompt, stopOnAbortSignal",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(5, () => controller.abort(reason));
      const { signal } = controller;
      return (await stage.session()).promptWithMeta(prompt, { ...sampling, signal, stopOnAbortSignal: true, onToken });
    },
    records: [{ finishReason: { unified: "aborted", raw: "abort" }, counts: generated }],
  },
  {
    name: "prompt, stop trigger",
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, { customStopTriggers: [" model"] }),
    records: [{ finishReason: { unified: "stop", raw: "customStopTrigger" }, counts: generated }],
  },
  {
    name: "prompt, session disposed in the answer",
    play: async (stage) => {
      const session = await stage.session();
      return session.prompt(prompt, { ...sampling, onToken: stage.onToken(3, () => session.dispose()) });
    },
    records: [{ finishReason: failed, failure: "disposed", counts: generated }],
  },
  {
    name: "prompt, sequence disposed in the answer",
    play: async (stage) => {
      const session = await stage.session();
      const { sequence } = session;
      return session.prompt(prompt, { ...sampling, onToken: stage.onToken(3, () => void sequence.dispose()) });
    },
    records: [{ finishReason: failed, failure: "disposed", counts: generated }],
  },
  {
    name: "completePrompt",
    play: async (stage) => (await stage.session()).completePromptWithMeta("Tell me about", { maxTokens: 4 }),
    records: [{ operation: "text_completion", finishReason: full, counts: generated }],
  },
  {
    name: "preloadPrompt",
    play: async (stage) => (await stage.session()).preloadPrompt(prompt),
    records: [
      {
        operation: "text_completion",
        finishReason: full,
        counts: generated,
      },
    ],
  },
];
