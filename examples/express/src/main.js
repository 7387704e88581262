import { createAiwatch, isAiwatchError } from "@aiwatch/core";
import { createLogger, logTo } from "@aiwatch/logging";
import { keepRecentTraces, startTracing } from "@aiwatch/tracing";
import { collectDefaultMetrics } from "prom-client";
import { createApp } from "./app.js";
import { Chats } from "./chats.js";
import { listen } from "./listen.js";
import { readSettings, SettingError } from "./settings.js";
import { stopOnSignals } from "./stop.js";
import { isOfPage } from "./traces/index.js";
import { printWelcome } from "./welcome.js";

const service = "chat-example";

/** Good answers begin within half a second, and then come faster than anybody reads. */
const slo = { requestFirstTokenMs: 500, timePerOutputTokenMs: 50 };

async function main() {
  const settings = readSettings();

  // AIWatch, whole: traces, logs, and the instance that ties metrics, health and routes together
  const traces = keepRecentTraces({ ignore: isOfPage });
  startTracing({ serviceName: service, spanProcessors: [traces], propagateTo: originsOf(settings) });
  const logger = createLogger({ service });
  const aiwatch = createAiwatch({ service, slo, observers: [logTo(logger)] });

  // the app's own metrics live on the same registry, and /metrics shows them too
  collectDefaultMetrics();

  // the server listens at once, and is ready once the model is there
  const chats = new Chats(aiwatch);
  aiwatch.health.addCheck("model", () => chats.isReady());
  const server = await listen(createApp({ aiwatch, chats, traces, logger }), settings);
  stopOnSignals({ server, chats, aiwatch, logger });
  printWelcome(server, settings);
  chats.open(await openModel(settings, { aiwatch, logger }));
}

/**
 * The servers that continue the trace.
 *
 * @param {import("./settings.js").Settings} settings
 */
function originsOf({ server }) {
  return server === undefined ? [] : [server.baseUrl];
}

/**
 * A model in this process, or one behind HTTP. Only what it takes is imported: with a server, no llama.cpp.
 *
 * @param {import("./settings.js").Settings} settings
 * @param {{ aiwatch: import("@aiwatch/core").Aiwatch, logger: import("pino").Logger }} tools
 */
async function openModel(settings, tools) {
  const { server, seed } = settings;
  if (server === undefined) return (await import("./model.js")).loadModel(settings, tools);
  return (await import("./server-model.js")).connectModel(server, { seed, ...tools });
}

main().catch((error) => {
  // a wrong setting is explained in one line; anything else is a fault, and its stack tells where
  console.error(error instanceof SettingError || isAiwatchError(error) ? error.message : error);
  process.exit(1);
});
