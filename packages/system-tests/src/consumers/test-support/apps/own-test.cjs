/** The same in CommonJS. */
const { createTestAiwatch } = require("@aiwatch/core/testing");
const { Registry, register } = require("prom-client");

const { aiwatch, inferences, registry, sample } = createTestAiwatch();
aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
const labels = { model: "tiny", operation: "chat", finish_reason: "stop" };
void sample("genai_app_inferences_total", labels).then(async (counted) => {
  const isApart = registry instanceof Registry && registry !== register && register.getMetricsAsArray().length === 0;
  await aiwatch.close();
  process.stdout.write(`${JSON.stringify({ counted, models: inferences.map(({ model }) => model), isApart })}\n`);
});
