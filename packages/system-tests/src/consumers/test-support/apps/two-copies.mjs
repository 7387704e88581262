/**
 * The app's core and the one that lies below @aiwatch/llamacpp, on prom-client's global registry. Each is asked for an instance, in the order of the
 * arguments ("app", "nested"), and ends an inference there; `nested-figures` has llamacpp record by the instance that is the default.
 */
import { createRequire } from "node:module";
import { register } from "prom-client";

const require = createRequire(import.meta.url);
const below = createRequire(require.resolve("@aiwatch/llamacpp"));
const cores = { app: require("@aiwatch/core"), nested: below("@aiwatch/core") };
const { recordLlamaCppMetrics } = require("@aiwatch/llamacpp");

const errors = [];
for (const step of process.argv.slice(2)) {
  try {
    if (step === "nested-figures") recordLlamaCppMetrics({ model: "tiny", contextSize: 512 });
    else cores[step].createAiwatch().startInference({ model: "tiny" }).end({ unified: "stop" });
  } catch ({ code, message }) {
    errors.push({ code, message });
  }
}
const isTwo = cores.app.createAiwatch !== cores.nested.createAiwatch;
process.stdout.write(JSON.stringify({ result: { isTwo, errors, metrics: await register.metrics() } }));
