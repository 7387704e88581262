import { createAiwatch, type InferenceRecord } from "@aiwatch/core";
import { instrumentClient, observeFetch } from "../index.ts";

/** An app with the preload that observes some of its calls itself. */
const [, , url] = process.argv;
const ended: InferenceRecord[] = [];
const aiwatch = createAiwatch({ observers: [{ name: "app", inferenceEnded: (record) => ended.push(record) }] });

class Client {
  fetch = fetch;
}

const client = instrumentClient(new Client(), { aiwatch, model: "by the client" });
const later: typeof fetch = async (...args) => {
  await null;
  return fetch(...args);
};
const wrapped = observeFetch(later, { aiwatch, model: "by the wrapper" });
for (const call of [client.fetch, wrapped, fetch]) {
  const init = { method: "POST", body: JSON.stringify({ model: "tiny", stream: true }) };
  await (await call(`${url}/v1/chat/completions`, init)).text();
}
process.stdout.write(JSON.stringify({ names: ended.map(({ model }) => model), inferences: ended.length }));
