/** A test of the app's own, by the entry for tests. */
import { createTestAiwatch } from "@aiwatch/core/testing";
import { Registry, register } from "prom-client";

const { aiwatch, inferences, registry, sample } = createTestAiwatch();
aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
const labels = { model: "tiny", operation: "chat", finish_reason: "stop" };
const counted = await sample("genai_app_inferences_total", labels);
const isApart = registry instanceof Registry && registry !== register && register.getMetricsAsArray().length === 0;
await aiwatch.close();
process.stdout.write(`${JSON.stringify({ counted, models: inferences.map(({ model }) => model), isApart })}\n`);
