import type { Token } from "node-llama-cpp";
import {
  aborted,
  type Counts,
  type Ending,
  failed,
  full,
  prompt,
  promptCounts,
  reason,
  sampling,
  stopped,
} from "./ending.ts";
import { fewWays } from "./stage.ts";

/** What was never evaluated has no tokens. */
const unknown: Counts = {
  promptTokens: undefined,
  cachedPromptTokens: undefined,
  promptEvalTokens: undefined,
  outputTokens: undefined,
};

/** A session's prompt: how it can end. */
export const chatRows: readonly Ending[] = [
  {
    name: "completed",
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, { ...sampling, onToken: stage.onToken() }),
    records: [{ finishReason: stopped }],
  },
  {
    name: "max tokens",
    play: async (stage) =>
      (await stage.session()).promptWithMeta(prompt, { ...sampling, maxTokens: 5, onToken: stage.onToken() }),
    records: [{ finishReason: full, counts: () => ({ outputTokens: 5 }) }],
  },
  {
    name: "one token",
    play: async (stage) => (await stage.session()).prompt(prompt, { ...sampling, maxTokens: 1 }),
    records: [{ finishReason: full, counts: () => ({ outputTokens: 1 }) }],
  },
  {
    name: "a custom stop trigger",
    play: async (stage) =>
      (await stage.session()).promptWithMeta(prompt, { customStopTriggers: [" model"], onToken: stage.onToken() }),
    records: [
      {
        finishReason: { unified: "stop", raw: "customStopTrigger" },
        counts: ({ delivered }) => ({ outputTokens: delivered.length + 1 }),
      },
    ],
  },
  {
    name: "an empty prompt",
    play: async (stage) => (await stage.session()).promptWithMeta("", { ...sampling, onToken: stage.onToken() }),
    records: [{ finishReason: stopped }],
  },
  {
    name: "a callback that throws",
    play: async (stage) =>
      (await stage.session()).promptWithMeta(prompt, {
        ...sampling,
        onToken: stage.onToken(),
        onTextChunk: () => {
          throw new Error("the callback's own");
        },
      }),
    records: [{ finishReason: stopped }],
  },
  {
    name: "aborted before",
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, { signal: AbortSignal.abort(reason) }),
    records: [{ finishReason: aborted }],
  },
  {
    name: "aborted in prompt evaluation",
    play: async (stage) => {
      const controller = new AbortController();
      stage.onDecode = () => controller.abort(reason);
      const { signal } = controller;
      return (await stage.session()).promptWithMeta(prompt, { ...sampling, signal, onToken: stage.onToken() });
    },
    // a decode cannot be called off: the token that it gave was generated, and delivered to nobody
    records: [{ finishReason: aborted, counts: () => ({ outputTokens: 1, undeliveredTokens: 1 }) }],
  },
  {
    name: "aborted in the answer",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(5, () => controller.abort(reason));
      return (await stage.session()).promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    records: [{ finishReason: aborted, counts: () => ({ outputTokens: 6, undeliveredTokens: 1 }) }],
  },
  {
    name: "aborted in the answer, which was not streamed",
    play: async (stage) => {
      const controller = new AbortController();
      let decodes = 0;
      stage.onDecode = () => {
        decodes += 1;
        if (decodes === 4) controller.abort(reason);
      };
      return (await stage.session()).prompt(prompt, { ...sampling, signal: controller.signal });
    },
    records: [{ finishReason: aborted, counts: () => ({ outputTokens: 4, undeliveredTokens: 4 }) }],
  },
  {
    name: "stopped by stopOnAbortSignal",
    play: async (stage) => {
      const controller = new AbortController();
      const onToken = stage.onToken(5, () => controller.abort(reason));
      const { signal } = controller;
      const options = { ...sampling, signal, stopOnAbortSignal: true, onToken };
      return (await stage.session()).promptWithMeta(prompt, options);
    },
    records: [{ finishReason: { unified: "aborted", raw: "abort" }, counts: () => ({ outputTokens: 5 }) }],
  },
  {
    name: "stopOnAbortSignal before the first token",
    play: async (stage) => {
      const controller = new AbortController();
      stage.onDecode = () => controller.abort(reason);
      const options = { ...sampling, signal: controller.signal, stopOnAbortSignal: true, onToken: stage.onToken() };
      return (await stage.session()).promptWithMeta(prompt, options);
    },
    records: [{ finishReason: aborted }],
  },
  {
    name: "the session disposed in the answer",
    play: async (stage) => {
      const session = await stage.session();
      const onToken = stage.onToken(3, () => session.dispose());
      return session.promptWithMeta(prompt, { ...sampling, onToken });
    },
    records: [{ finishReason: failed, failure: "disposed" }],
  },
  {
    name: "the sequence disposed in the answer",
    play: async (stage) => {
      const session = await stage.session();
      const { sequence } = session;
      const onToken = stage.onToken(3, () => void sequence.dispose());
      return session.promptWithMeta(prompt, { ...sampling, onToken });
    },
    records: [{ finishReason: failed, failure: "disposed" }],
  },
  {
    name: "the context disposed in the answer",
    play: async (stage) => {
      const session = await stage.session();
      const { context } = session;
      const onToken = stage.onToken(3, () => void context.dispose());
      return session.promptWithMeta(prompt, { ...sampling, onToken });
    },
    records: [{ finishReason: failed, failure: "disposed" }],
  },
  {
    name: "the session disposed while a token is decoded",
    play: async (stage) => {
      const session = await stage.session();
      let decodes = 0;
      stage.onDecode = () => {
        decodes += 1;
        if (decodes === 4) session.dispose();
      };
      return session.promptWithMeta(prompt, { ...sampling, onToken: stage.onToken() });
    },
    records: [{ finishReason: failed, failure: "disposed", counts: () => ({ outputTokens: 4, undeliveredTokens: 1 }) }],
  },
  {
    name: "aborted by the token that fills the context",
    variant: "endless",
    ways: fewWays,
    play: async (stage) => {
      const controller = new AbortController();
      const session = await stage.session();
      const { sequence } = session;
      const keep = stage.onToken();
      const onToken = (tokens: readonly Token[]) => {
        keep(tokens);
        if (sequence.nextTokenIndex >= sequence.contextSize - 1) controller.abort(reason);
      };
      return session.promptWithMeta(prompt, { ...sampling, signal: controller.signal, onToken });
    },
    // no token comes any more that nobody gets
    records: [{ finishReason: aborted, counts: () => ({ undeliveredTokens: 0 }) }],
  },
  {
    name: "a prompt that is aborted in the queue",
    play: async (stage) => {
      const controller = new AbortController();
      const session = await stage.session();
      const onToken = stage.onToken(2, () => controller.abort(reason));
      const first = session.promptWithMeta(prompt, { ...sampling, maxTokens: 4, onToken });
      const second = session.promptWithMeta("Tell me more", { ...sampling, signal: controller.signal });
      return Promise.allSettled([first, second]);
    },
    records: [
      { finishReason: aborted, counts: () => unknown },
      { finishReason: full, counts: () => ({ outputTokens: 4 }) },
    ],
  },
  {
    name: "two prompts queued on one session",
    play: async (stage) => {
      const session = await stage.session();
      const first = session.promptWithMeta(prompt, { ...sampling, maxTokens: 6 });
      const second = session.promptWithMeta("Tell me more", { ...sampling, maxTokens: 4 });
      return Promise.all([first, second]);
    },
    records: [
      {
        finishReason: full,
        counts: ({ ledger }) => ({ ...promptCounts(ledger.evaluations.slice(0, 1)), outputTokens: 6 }),
      },
      {
        finishReason: full,
        counts: ({ ledger }) => ({ ...promptCounts(ledger.evaluations.slice(1)), outputTokens: 4 }),
      },
    ],
  },
];
