import { fileURLToPath } from "node:url";
import type { Summary } from "@aiwatch/core";
import { describeWith, type RunningProcess, runNode } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { modelRunnerProgram, startModelRunner } from "./test-support/model-runner.ts";
import { ollamaProgram, startOllama } from "./test-support/ollama.ts";

const demoFile = fileURLToPath(new URL("../../../../examples/express/src/main.js", import.meta.url));

/** The servers that the demo's README names beside llama-server, and what it says to set. */
const servers = [
  { title: "Ollama", program: ollamaProgram, start: startOllama, path: "/v1", model: "tiny-chat" },
  {
    title: "Docker Model Runner",
    program: modelRunnerProgram,
    start: startModelRunner,
    path: "/engines/v1",
    model: "ai/tiny-chat",
  },
];

for (const { title, program, start, path, model } of servers) {
  describeWith(`the demo on a real ${title}`, program, (file) => {
    let server: Awaited<ReturnType<typeof start>>;
    let demos: RunningProcess[];
    beforeAll(async () => {
      server = await start(file, ["chat"]);
      demos = [];
    });
    afterAll(async () => {
      await Promise.all(demos.map((demo) => demo.stop()));
      await server?.close();
    });

    async function startDemo(env: Record<string, string>): Promise<string> {
      const demo = await runNode(demoFile, { env: { PORT: "0", BASE_URL: server.url + path, ...env } });
      demos.push(demo);
      const [, url = ""] = await demo.waitForLine(/chat +(http:\/\/\S+)\//, 25_000);
      await demo.waitForLine(/the model server answers/, 25_000);
      return url;
    }
    const ask = (url: string) =>
      fetch(`${url}/chat`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ message: "How does a local model answer?" }),
      });

    it("answers, and counts the tokens that the server says; it is watched, and ready", async () => {
      const url = await startDemo({ MODEL: model });
      expect(await (await ask(url)).text()).toMatch(/^[A-Z].*\.$/);
      const summary = await (await fetch(`${url}/metrics/summary`)).json();
      const { tokensGenerated, tokensProcessed, inferences } = summary as Summary;
      expect(inferences).toMatchObject({ stop: 1, aborted: 0, error: 0 });
      expect(tokensProcessed).toBeGreaterThan(5);
      const metrics = await (await fetch(`${url}/metrics`)).text();
      expect(metrics).toContain(
        `genai_app_chat_tokens_total{direction="output",model="${model}"} ${tokensGenerated}\n`,
      );
      expect(metrics).toMatch(/^genai_app_model_server_up{.*} 1$/m);
      expect((await fetch(`${url}/readiness`)).status).toBe(200);
    });

    it("needs no MODEL, since it has only one", async () => {
      expect(await (await ask(await startDemo({}))).text()).toMatch(/^[A-Z].*\.$/);
    });

    it("is said to have no model of a wrong name", async () => {
      const response = await ask(await startDemo({ MODEL: "nobody" }));
      expect([response.status, await response.json()]).toEqual([
        502,
        { error: "the model server has no such model: check MODEL" },
      ]);
    });
  });
}
