import { createAiwatch, type InferenceRecord } from "@aiwatch/core";
import { Registry } from "prom-client";

/** An app with the preload that closes its instance and creates another one. */
const [, , url] = process.argv;
const names: string[] = [];
for (const service of ["first", "second"]) {
  const inferenceEnded = ({ model }: InferenceRecord) => void names.push(`${service}: ${model}`);
  const aiwatch = createAiwatch({ service, registry: new Registry(), observers: [{ name: "app", inferenceEnded }] });
  const init = { method: "POST", body: JSON.stringify({ model: "tiny", stream: true }) };
  await (await fetch(`${url}/v1/chat/completions`, init)).text();
  await aiwatch.close();
}
process.stdout.write(JSON.stringify({ names, inferences: names.length }));
