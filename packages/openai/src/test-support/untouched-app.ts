import { register } from "prom-client";

/** An app that has never heard of AIWatch: asks a model, and prints its answer and what is on prom-client's global registry. */
const [, , url] = process.argv;
const response = await fetch(`${url}/v1/chat/completions`, {
  method: "POST",
  body: JSON.stringify({ model: "tiny", stream: true }),
});
const answer = await response.text();
const metrics = await register.getMetricsAsJSON();
const { values = [] } = metrics.find(({ name }) => name === "genai_app_inferences_total") ?? {};
const inferences = values.reduce((sum, { value }) => sum + value, 0);
process.stdout.write(JSON.stringify({ answer, inferences }));
