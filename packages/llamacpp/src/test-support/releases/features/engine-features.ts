import { generated, ledgerOf, ofBareSequence } from "../counts.ts";
import { type Counts, type Feature, full, prompt, sampling, stopped } from "../feature.ts";
import type { Played } from "../played.ts";
import { callingWrapper, thinkingWrapper } from "../wrappers.ts";

const repeating =
  "The small model carefully reads the whole prompt and then writes a clear answer. The small model carefully reads";

/** The tiny model calls a function where it reads the name in the engine's example of a call, which this wrapper spells without the space. */
const offering = "How is the weather? You can getSomeInfo";

const queuedTokens = { first: 6, second: 4 };

/** What the engine does by itself while it answers. */
export const engineFeatures: readonly Feature[] = [
  {
    name: "function call",
    variant: "functions",
    play: async (stage) => {
      const getWeather = stage.engine.defineChatSessionFunction({
        description: "The weather of a city",
        params: { type: "object", properties: { city: { type: "string" } } },
        handler: ({ city }) => `sunny in ${city}`,
      });
      const sequence = await stage.sequence(await stage.context({ contextSize: 1024 }));
      const session = await stage.session(sequence, callingWrapper(stage.engine));
      return session.promptWithMeta(offering, { functions: { getWeather } });
    },
    records: [{ finishReason: stopped, counts: (bare) => ({ ...generated(bare), toolCalls: 1 }) }],
    tools: ["getWeather"],
  },
  {
    name: "thought segments",
    variant: "thinking",
    play: async (stage) => {
      const session = await stage.session(await stage.sequence(), thinkingWrapper(stage.engine));
      return session.promptWithMeta(prompt, sampling);
    },
    records: [
      { finishReason: stopped, counts: (bare) => ({ ...generated(bare), reasoningTokens: thoughtTokens(bare) }) },
    ],
  },
  {
    name: "context shift of a chat",
    variant: "endless",
    play: async (stage) => (await stage.session()).promptWithMeta(prompt, { ...sampling, maxTokens: 600 }),
    records: [
      { finishReason: full, counts: (bare) => ({ ...generated(bare), contextShifts: ledgerOf(bare).evaluations - 1 }) },
    ],
  },
  {
    name: "context shift of a sequence",
    variant: "endless",
    play: async (stage) => {
      const sequence = await stage.sequence();
      let shifts = 0;
      const size = () => {
        shifts += 1;
        return 100;
      };
      const options = { contextShift: { size } };
      for await (const token of sequence.evaluate((await stage.model()).tokenize(prompt), options)) {
        if (stage.delivered.push(token) === 700) break;
      }
      return shifts;
    },
    records: [
      {
        operation: "text_completion",
        finishReason: { unified: "aborted", raw: "return" },
        counts: (bare) => ({ ...ofBareSequence(generated(bare)), contextShifts: bare.outcome.value as number }),
      },
    ],
  },
  {
    name: "speculation by InputLookupTokenPredictor",
    play: async (stage) => {
      const { InputLookupTokenPredictor, LlamaCompletion } = stage.engine;
      const contextSequence = await stage.sequence(undefined, new InputLookupTokenPredictor());
      const completion = stage.make("caller", new LlamaCompletion({ contextSequence }));
      return completion.generateCompletionWithMeta(repeating, { maxTokens: 9, onToken: stage.onToken() });
    },
    records: [{ operation: "text_completion", finishReason: full, counts: speculated }],
  },
  {
    name: "speculation by DraftSequenceTokenPredictor",
    play: async (stage) => {
      const { DraftSequenceTokenPredictor } = stage.engine;
      const [context, drafting] = [await stage.context(), await stage.context()];
      const predictor = new DraftSequenceTokenPredictor(drafting.getSequence(), {
        minTokens: 3,
        maxTokens: 6,
        minConfidence: 0,
      });
      const sequence = await stage.sequence(context, predictor);
      const session = await stage.session(sequence);
      return session.promptWithMeta(prompt, { maxTokens: 20, onToken: stage.onToken() });
    },
    records: [{ finishReason: full, counts: speculated }],
  },
  {
    name: "two prompts queued",
    play: async (stage) => {
      const session = await stage.session();
      const first = session.prompt(prompt, { ...sampling, maxTokens: queuedTokens.first });
      const second = session.prompt("Tell me more", { ...sampling, maxTokens: queuedTokens.second });
      return Promise.all([first, second]);
    },
    records: [
      { finishReason: full, counts: firstOf },
      { finishReason: full, counts: secondOf },
    ],
  },
];

/**
 * An evaluation of drafted tokens samples more than it yields: the listener tells what it yielded. What is drafted depends on the time that a
 * draft takes, and may differ between two runs.
 */
function speculated({ outcome }: Played, observed: Played): Counts {
  const outputTokens = outcome.delivered.length;
  const promptTokens = (outcome.contextTokens[0]?.length ?? 0) - outputTokens + 1;
  return {
    promptTokens,
    cachedPromptTokens: 0,
    promptEvalTokens: promptTokens,
    outputTokens,
    undeliveredTokens: 0,
    speculativeTokens: observed.predictions,
  };
}

/** The first of two prompts on one session. */
function firstOf(bare: Played): Counts {
  const { first } = ledgerOf(bare);
  return {
    promptTokens: first,
    cachedPromptTokens: 0,
    promptEvalTokens: first,
    outputTokens: queuedTokens.first,
    undeliveredTokens: 0,
  };
}

/** The second finds the first one's tokens cached. At its end the context holds its prompt and all that it generated but the last token. */
function secondOf(bare: Played): Counts {
  const { decoded, fedBack, first } = ledgerOf(bare);
  const promptTokens = (bare.outcome.contextTokens[0]?.length ?? 0) - queuedTokens.second + 1;
  const promptEvalTokens = decoded - fedBack - first;
  return {
    promptTokens,
    cachedPromptTokens: promptTokens - promptEvalTokens,
    promptEvalTokens,
    outputTokens: queuedTokens.second,
    undeliveredTokens: 0,
  };
}

/** A thought of the tiny model in tokens: its words and marks, as long as the engine leaves them whole. */
function thoughtTokens({ outcome }: Played): number {
  const { response } = outcome.value as { response: readonly (string | { segmentType: string; text: string })[] };
  const thought = response.find((part) => typeof part === "object" && part.segmentType === "thought");
  return typeof thought === "object" ? [...thought.text.matchAll(/[a-z]+|[^a-z\s]+/gi)].length : 0;
}
