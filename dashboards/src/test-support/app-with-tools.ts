import { createServer } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { createAiwatch, metricsHandler } from "@aiwatch/core";
import { adapterOf } from "@aiwatch/core/adapter";
import { joinCluster } from "@aiwatch/core/cluster";
import { instrumentModel } from "@aiwatch/llamacpp";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import {
  defineChatSessionFunction,
  getLlama,
  InputLookupTokenPredictor,
  LlamaChatSession,
  LlamaCompletion,
  LlamaLogLevel,
} from "node-llama-cpp";

/**
 * A program with what the demo has no occasion for: its model calls a function, its tokens are drafted, it names more models than there may
 * be, it has an answer that never ends and one whose engine took tokens back, it is told of a GPU, one of its models is in a server that
 * tells its times, it watches a server that tells all that any tells, it is the primary of a cluster, and it has metrics of its own. It goes on until it is killed.
 */
const aiwatch = createAiwatch({ service: "app-with-tools" });
joinCluster(aiwatch);
const engine = { gpu: false, build: "never", logLevel: LlamaLogLevel.disabled } as const;
const llama = instrumentModel(await getLlama(engine), { aiwatch });
const model = await llama.loadModel({ modelPath: await ensureTinyModel({ variant: "functions" }) });
const context = await model.createContext({ sequences: 2, threads: 1 });

const session = new LlamaChatSession({ contextSequence: context.getSequence() });
const getWeather = defineChatSessionFunction({
  description: "The weather of a city",
  params: { type: "object", properties: { city: { type: "string" } } },
  handler: ({ city }) => `sunny in ${city}`,
});

const tokenPredictor = new InputLookupTokenPredictor();
const completion = new LlamaCompletion({ contextSequence: context.getSequence({ tokenPredictor }) });
const repeating = "The local model reads the long prompt. ".repeat(4);

const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.stderr.write(`listening on ${typeof address === "string" ? address : address?.port}\n`);
});

const endless = aiwatch.startInference({ model: "never-ends" });
const corrected = aiwatch.startInference({ model: "corrected" });
corrected.token(5);
await aiwatch.registry.getMetricsAsJSON();
corrected.end({ unified: "stop" }, { outputTokens: 3 });

adapterOf(aiwatch, { name: "llama.cpp" }).watchGpuMemory(async () => ({ usedBytes: 1, totalBytes: 2 }));

const uploads = aiwatch.metrics.counter({ name: "chat_uploads_total", help: "Files that users gave to the chat" });
aiwatch.metrics.gauge({ name: "chat_uploads_waiting", help: "Files that are not read yet", read: () => 1 });
const search = aiwatch.metrics.histogram({
  name: "chat_search_seconds",
  help: "How long the search for documents took",
  bounds: [0.01, 0.1, 1, 10],
});

let served = 0;
adapterOf(aiwatch, { name: "any-server" }).watchServer("server", async () => {
  served += 1;
  const figures = { contextSize: 4096, gpuMemoryBytes: 1, mainMemoryBytes: 2, kvCacheUsageRatio: 0.5 };
  const slots = { activeSlots: 1, freeSlots: 1, deferredRequests: 3 };
  const tokens = { promptEvalTokens: served, cachedPromptTokens: served, outputTokens: served, decodes: served };
  const times = { promptEvalSeconds: served, decodeSeconds: served };
  const model = { model: "served", state: "loaded", ...figures, ...slots, ...tokens, ...times } as const;
  return { isUp: true, restarts: served, models: [model] };
});

for (let round = 0; ; round++) {
  session.resetChatHistory();
  uploads.add();
  search.observe(0.05);
  await session.prompt("How is the weather?", { functions: { getWeather } });
  await completion.generateCompletion(repeating, { maxTokens: 20 });
  for (let index = 0; index < 10; index++)
    aiwatch.startInference({ model: `model-${round}-${index}` }).end({ unified: "stop" });
  const sent = aiwatch.startInference({ model: "served", kind: "client", provider: "any-server" });
  sent.outputCame();
  sent.served({ promptEvalMs: 0 });
  sent.end({ unified: "stop" });
  endless.token();
  await sleep(300);
}
