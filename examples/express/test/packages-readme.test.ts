import { randomUUID } from "node:crypto";
import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd, snippetOf } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, test } from "vitest";

const page = (path: string) => new URL(`../../../${path}`, import.meta.url);

/** The folder from which the snippets' packages are found, as an app's own folder would be. */
const cwd = fileURLToPath(new URL("..", import.meta.url));

/** As a file: node-llama-cpp forks with the flags of its own process, and a program from standard input would not survive that. */
async function run(program: string): Promise<string> {
  const file = join(cwd, "test", `.snippet-${randomUUID()}.mjs`);
  const env = { OTLP_ENDPOINT: undefined, TRACING_ENABLED: undefined, LOG_LEVEL: "warn", LOG_PRETTY: undefined };
  await writeFile(file, program);
  try {
    const { code, stdout, stderr } = await runToEnd(process.execPath, [file], { cwd, env });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return stdout.trim();
  } finally {
    await rm(file);
  }
}

/** What an app that exists has already. */
const appAndModel = async () => `
import express from "express";
import { getLlama, LlamaChatSession } from "node-llama-cpp";
const app = express();
const llama = await getLlama({ gpu: false, build: "never", logLevel: "error" });
const model = await llama.loadModel({ modelPath: ${JSON.stringify(await ensureTinyModel())} });
const contextSequence = (await model.createContext({ threads: 1 })).getSequence();
`;

const askAndScrape = `
await session.prompt("hello");
const server = app.listen(0, "127.0.0.1");
await new Promise((resolve) => server.once("listening", resolve));
const text = await (await fetch("http://127.0.0.1:" + server.address().port + "/metrics")).text();
server.close();
console.log(text.split("\\n").filter((line) => line.startsWith("genai_app_inferences_total") && line.endsWith(" 1")).join());
await aiwatch.close();
await llama.dispose();
`;

test("the ten lines of the first README observe an app that exists", async () => {
  const program = (await appAndModel()) + (await snippetOf(page("README.md"), /startTracing/)) + askAndScrape;
  expect(await run(program)).toBe(
    'genai_app_inferences_total{model="tiny-chat",operation="chat",finish_reason="stop"} 1',
  );
});

test("llamacpp's snippet prompts an observed session", async () => {
  const snippet = await snippetOf(page("packages/llamacpp/README.md"), /instrumentModel/);
  const named = snippet.replace('"models/model.gguf"', JSON.stringify(await ensureTinyModel()));
  expect(named).not.toBe(snippet);
  const quick = named.replace("getLlama()", 'getLlama({ gpu: false, build: "never" })');
  const program = `${quick.replace("createContext()", "createContext({ threads: 1 })")}
console.log(aiwatch.summary().inferences.stop);
await llama.dispose();`;
  // the answer, what else the snippet prints, and our own line
  expect(await run(program)).toMatch(/^[A-Z][^\n]*\.\n(?:[\s\S]*\n)?1$/);
});

test("core's snippets mount the door, its options, a metrics port and an engine of one's own", async () => {
  const readme = page("packages/core/README.md");
  const program = `
import express from "express";
const app = express(), modelIsLoaded = true, expected = "secret", prompt = "p", signal = undefined;
const engine = { async ready() {}, async *generate() { yield 1; yield 2; } };
${await snippetOf(readme, /aiwatchExpress } from/)}
${await snippetOf(readme, /clientReports } from/)}
${(await snippetOf(readme, /^createServer\(metricsHandler/m)).replace("listen(9090)", 'listen(0, "127.0.0.1").unref()')}
${await snippetOf(readme, /engine\.generate/)}
console.log(aiwatch.summary().tokensGenerated, (await aiwatch.health.readiness()).ready);`;
  expect(await run(program)).toBe("2 true");
});

test.each([
  ["ends quietly", "return"],
  ["throws the signal's reason", "throw signal.reason"],
])(
  "core's snippet for an engine of one's own counts a stop by the user as such where the engine %s",
  async (_what, stops) => {
    const snippet = await snippetOf(page("packages/core/README.md"), /engine\.generate/);
    const program = `
import { createAiwatch } from "@aiwatch/core";
const prompt = "p", stop = new AbortController(), { signal } = stop;
const engine = { async ready() {}, async *generate() { yield 1; stop.abort(); ${stops}; } };
const ended = ({ finishReason, outputTokens }) => console.log(finishReason.unified, finishReason.raw, outputTokens);
const aiwatch = createAiwatch({ observers: [{ name: "print", inferenceEnded: ended }] });
process.once("uncaughtException", () => {});
${snippet}`;
    expect(await run(program)).toBe("aborted signal 1");
  },
);

test("core's testing snippet says what the test of an app can ask", async () => {
  const snippet = await snippetOf(page("packages/core/README.md"), /createTestAiwatch/);
  const program = `
import { expect } from "vitest";
${snippet.replace(
  /^\/\/ … run.*$/m,
  `
const inference = aiwatch.startInference({ model: "tiny" });
inference.token(12);
inference.end({ unified: "stop" });`,
)}
console.log("asked");`;
  // vitest's expect works in plain Node as well
  expect(await run(program)).toBe("asked");
});
