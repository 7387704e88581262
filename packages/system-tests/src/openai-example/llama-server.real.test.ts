import { describeWith, needTool, type RunningLlamaServer, startLlamaServer } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type App, installExample, removeExample, startApp } from "./test-support/app.ts";

describeWith("the smallest app on a real llama-server", installed, (folder) => {
  let server: RunningLlamaServer;
  let app: App;

  beforeAll(async () => {
    server = await startLlamaServer({ model: await ensureTinyModel(), apiKey: "the-key", metrics: true });
    app = await startApp(folder, { BASE_URL: `${server.url}/v1`, API_KEY: "the-key" });
  });
  afterAll(() => Promise.all([server.close(), app.process.stop()]).then(() => removeExample(folder)));

  test("answers without MODEL, and counts under the model's own name what the server counts", async () => {
    expect(await (await app.ask()).text()).toMatch(/^[A-Z].*\.$/);
    const headers = { authorization: "Bearer the-key" };
    const servers = await (await fetch(`${server.url}/metrics`, { headers })).text();
    const [, output] = /^llamacpp:tokens_predicted_total (\d+)$/m.exec(servers) ?? [];
    const metrics = await app.metrics();
    const [, name] = /inferences_total{model="(.*?)",operation="chat",finish_reason="stop"} 1$/m.exec(metrics) ?? [];
    expect(name).toMatch(/^tiny-chat-[0-9a-f]{12}$/);
    expect(metrics).toContain(`genai_app_chat_tokens_total{direction="output",model="${name}"} ${output}\n`);
    expect(metrics).not.toContain("the-key");
  });
});

async function installed(): Promise<string> {
  await needTool("llama-server");
  return installExample();
}
