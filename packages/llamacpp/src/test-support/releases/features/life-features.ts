import { generated } from "../counts.ts";
import { type Feature, full, prompt } from "../feature.ts";
import { engineOptions } from "../release-stage.ts";

const fivePrompted = { finishReason: full, counts: generated } as const;

/** The lives of the observed objects. */
export const lifeFeatures: readonly Feature[] = [
  {
    name: "readings",
    play: async (stage) => {
      const session = await stage.session();
      await session.prompt(prompt, { maxTokens: 5 });
      const { context, sequence } = session;
      const { size, fileInsights } = await stage.model();
      const { totalParameters: parameters } = fileInsights;
      // a release that does not tell it has no such object
      const memory: typeof context.memoryUsage | undefined = context.memoryUsage;
      const contextMemory = memory && memory.ram + memory.vram;
      return { size, parameters, contextMemory, batchSize: context.batchSize, used: sequence.nextTokenIndex };
    },
    records: [fivePrompted],
  },
  {
    name: "uninstrumented",
    ways: ["llama", "model", "context", "sequence", "caller"],
    play: async (stage) => {
      const session = await stage.session();
      stage.unwatch();
      return session.prompt(prompt, { maxTokens: 5 });
    },
    records: [],
  },
  {
    name: "disposed: context and model",
    play: async (stage) => {
      const session = await stage.session();
      await session.prompt(prompt, { maxTokens: 5 });
      const { context } = session;
      session.dispose();
      await context.dispose();
      await (await stage.model()).dispose();
    },
    records: [fivePrompted],
  },
  {
    name: "disposed: Llama",
    play: async (stage) => {
      const llama = stage.make("llama", await stage.engine.getLlama(engineOptions));
      const model = await stage.load(llama);
      const session = await stage.session(await stage.sequence(await stage.contextOf(model)));
      const answer = await session.prompt(prompt, { maxTokens: 5 });
      await llama.dispose();
      return answer;
    },
    records: [fivePrompted],
  },
];
