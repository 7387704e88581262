import { createAiwatch, isAiwatchError } from "@aiwatch/core";
import { handleSignals } from "@aiwatch/core/shutdown";
import { createLogger, logTo } from "@aiwatch/logging";
import { keepRecentTraces, startTracing } from "@aiwatch/tracing";
import { isOfPage } from "../../express/src/traces/index.js";
import { createApp } from "./app.js";
import { Chat } from "./chat.js";
import { readSettings, SettingError } from "./settings.js";

const service = "fastify-example";

async function main() {
  const settings = readSettings();

  // the latest are kept for /traces, and all are sent where OTLP_ENDPOINT is set; a model server continues the trace
  const traces = keepRecentTraces({ ignore: isOfPage });
  const propagateTo = settings.server === undefined ? [] : [settings.server.baseUrl];
  startTracing({ serviceName: service, spanProcessors: [traces], propagateTo });
  const logger = createLogger({ service });
  const aiwatch = createAiwatch({ service, observers: [logTo(logger)] });

  // the server listens at once, and is ready once the model is there
  const chat = new Chat(aiwatch);
  aiwatch.health.addCheck("model", () => chat.isReady());
  const app = await createApp({ aiwatch, chat, traces, logger });
  const url = await app.listen({ port: settings.port, host: settings.host });
  logger.info({ component: "server", url }, "listening");
  handleSignals(aiwatch, { server: app.server });
  chat.open(await openModel(settings, aiwatch));
  logger.info({ component: "model" }, "the model is ready");
}

/**
 * A model in this process, or one behind HTTP. Only what it takes is imported: with a server, no llama.cpp.
 *
 * @param {ReturnType<typeof readSettings>} settings
 * @param {import("@aiwatch/core").Aiwatch} aiwatch
 */
async function openModel(settings, aiwatch) {
  if (settings.server === undefined) return (await import("./model.js")).loadModel(settings, aiwatch);
  return (await import("./server-model.js")).connectModel(settings.server, aiwatch);
}

main().catch((error) => {
  // a wrong setting is explained in one line; anything else is a fault, and its stack tells where
  console.error(error instanceof SettingError || isAiwatchError(error) ? error.message : error);
  process.exit(1);
});
