import { register } from "prom-client";
import { registerFetch } from "../register/register-fetch.ts";

/** An app with the preload that wraps the global fetch, and has the preload once more, as by another copy of the package. */
const [, , url] = process.argv;
const { fetch: observed } = globalThis;
globalThis.fetch = (...args) => observed(...args);
registerFetch();
const init = { method: "POST", body: JSON.stringify({ model: "tiny", stream: true }) };
await (await fetch(`${url}/v1/chat/completions`, init)).text();
const metrics = await register.getMetricsAsJSON();
const { values = [] } = metrics.find(({ name }) => name === "genai_app_inferences_total") ?? {};
process.stdout.write(JSON.stringify({ inferences: values.reduce((sum, { value }) => sum + value, 0) }));
