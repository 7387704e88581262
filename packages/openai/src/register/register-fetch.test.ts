import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { modelServer, plays } from "../test-support/model-server.ts";
import { allowedUrls } from "./settings.ts";

const preload = fileURLToPath(new URL("../register.ts", import.meta.url));
const app = fileURLToPath(new URL("../test-support/untouched-app.ts", import.meta.url));

const observing = fileURLToPath(new URL("../test-support/observing-app.ts", import.meta.url));

const reopening = fileURLToPath(new URL("../test-support/reopening-app.ts", import.meta.url));

const wrapping = fileURLToPath(new URL("../test-support/wrapping-app.ts", import.meta.url));

async function run(flags: readonly string[], environment: NodeJS.ProcessEnv = {}, file = app) {
  const server = await modelServer(plays("llama-server/chat-stream"));
  const args = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", ...flags, file, server.url];
  const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
    env: { ...process.env, ...environment },
  });
  await server.close();
  return { shown: JSON.parse(stdout), stderr };
}

test("an app that was not touched is observed, and answers as without", async () => {
  const [bare, observed] = await Promise.all([run([]), run(["--import", preload])]);
  expect(observed.stderr).toBe("");
  expect(observed.shown.answer).toBe(bare.shown.answer);
  expect([bare.shown.inferences, observed.shown.inferences]).toEqual([0, 1]);
});

test("what the app observes itself is observed once, by the app's own options", async () => {
  const { shown, stderr } = await run(["--import", preload], {}, observing);
  expect(stderr).toBe("");
  expect(shown).toEqual({ names: ["by the client", "by the wrapper", "tiny-chat-5984d345f535"], inferences: 3 });
});

test("each call is of the instance that is the default by then", async () => {
  const { shown } = await run(["--import", preload], {}, reopening);
  expect(shown.names).toEqual(["first: tiny-chat-5984d345f535", "second: tiny-chat-5984d345f535"]);
});

test("a call is counted once where the preload is there twice", async () => {
  const { shown } = await run(["--import", preload], {}, wrapping);
  expect(shown.inferences).toBe(1);
});

test("a server that is not allowed is left alone", async () => {
  const { shown } = await run(["--import", preload], { AIWATCH_OPENAI_BASE_URLS: "http://gpu-1:8000/v1" });
  expect(shown.inferences).toBe(0);
});

test("a list that cannot be used is a warning, and the app runs", async () => {
  const { shown, stderr } = await run(["--import", preload], { AIWATCH_OPENAI_BASE_URLS: "gpu-1:8000" });
  expect(shown.inferences).toBe(0);
  expect(stderr).toContain(
    'AIWATCH_OPENAI_BASE_URLS is "gpu-1:8000", expected base URLs of model servers, with commas',
  );
  const secret = { AIWATCH_OPENAI_BASE_URLS: "https://user:canary@gpu-1/v1, gpu-2:8000" };
  expect((await run(["--import", preload], secret)).stderr).toContain('"https://***@gpu-1/v1, gpu-2:8000"');
});

test.each([
  [undefined, "http://localhost:8080/v1/chat/completions", true],
  [undefined, "http://127.0.0.1:8080/completion", true],
  [undefined, "http://[::1]:8080/completion", true],
  [undefined, "http://0.0.0.0:8080/completion", true],
  [undefined, "http://model-runner.docker.internal/engines/v1/chat/completions", true],
  [undefined, "https://api.openai.com/v1/chat/completions", false],
  [undefined, "http://localhost.example.com/v1/chat/completions", false],
  ["https://gpu.example/v1", "https://gpu.example/v1/chat/completions", true],
  ["https://gpu.example/v1/", "https://gpu.example/v1/chat/completions", true],
  ["https://gpu.example/v1", "https://gpu.example/v11/chat/completions", false],
  ["https://gpu.example/v1", "http://localhost:8080/v1/chat/completions", false],
  ["https://gpu.example/v1, local", "http://localhost:8080/v1/chat/completions", true],
])("with %s, %s: %s", (list, url, isAllowed) => {
  expect(allowedUrls({ AIWATCH_OPENAI_BASE_URLS: list })(new URL(url))).toBe(isAllowed);
});
