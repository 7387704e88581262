import { expect, it } from "vitest";
import * as captured from "../test-support/servers/captures.ts";
import { scriptedServer } from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

const ollama = () => ({
  "/": { body: "Ollama is running" },
  "/api/version": { body: { version: "0.17.4" } },
  "/api/ps": { body: captured.ollamaPs },
  "/metrics": { status: 404, body: "404 page not found" },
});

const modelRunner = () => ({
  "/engines/ps": { body: captured.enginesPs },
  "/api/ps": { body: captured.modelRunnerPs },
  "/version": { body: { version: "v1.2.9" } },
  "/metrics": { body: "# No active runners\n" as unknown },
});

it.each(["", "/v1", "/api"])("shows the models that an Ollama holds, by the address with %j", async (path) => {
  const { url } = await scriptedServer(ollama(), "");
  const { figures, diagnostics, aiwatch } = watched({ url: url + path, name: "ollama" });
  expect(await figures()).toEqual({
    model_server_up: 1,
    'model_server_models{model="tiny",state="loaded"}': 1,
    'model_server_context_size{model="tiny"}': 4096,
    'model_server_memory_bytes{model="tiny",place="gpu"}': 1_000_000,
    'model_server_memory_bytes{model="tiny",place="main"}': 1_705_152,
  });
  expect(aiwatch.health.versions).toEqual(new Map([["ollama ollama", "0.17.4"]]));
  expect(await aiwatch.health.readiness()).toMatchObject({ checks: { "model-server:ollama": { ok: true } } });
  expect(diagnostics).toEqual([]);
});

it("an Ollama that holds no model is up", async () => {
  const { url } = await scriptedServer({ ...ollama(), "/api/ps": { body: { models: [] } } }, "");
  expect(await watched({ url }).figures()).toEqual({ model_server_up: 1 });
});

it("shows the models that a Docker Model Runner runs, and what it relays of their servers", async () => {
  const script = modelRunner();
  const { url } = await scriptedServer(script, "");
  const { figures, diagnostics, clock, server } = watched({ url: `${url}/engines/v1` });
  expect(await figures()).toEqual({ model_server_up: 1, 'model_server_models{model="ai/tiny",state="loaded"}': 1 });
  expect(server.last).toMatchObject({ kind: "docker-model-runner", version: "v1.2.9" });
  const labels = (mode: string) => `{backend="llama.cpp",model="ai/tiny",mode="${mode}"}`;
  const relay = (chat: number, vectors: number) =>
    captured.metrics({ tokens_predicted_total: chat, requests_processing: 1 }, labels("completion")) +
    captured.metrics({ tokens_predicted_total: vectors }, labels("embedding"));
  script["/metrics"].body = relay(50, 7);
  expect(await figures()).toMatchObject({
    'model_server_slots{model="ai/tiny",state="active"}': 1,
    'llamacpp_server_output_tokens_total{model="ai/tiny"}': 57,
  });
  // one of its servers was unloaded, then began anew, while the other went on
  script["/metrics"].body = captured.metrics({ tokens_predicted_total: 8 }, labels("embedding"));
  expect(await figures()).toMatchObject({ 'llamacpp_server_output_tokens_total{model="ai/tiny"}': 58 });
  script["/metrics"].body = relay(3, 8);
  clock.step();
  expect(await figures()).toMatchObject({ 'llamacpp_server_output_tokens_total{model="ai/tiny"}': 61 });
  expect(diagnostics).toEqual([]);
});

it("finds out anew what a server is when another one answers at its address", async () => {
  const script: Parameters<typeof scriptedServer>[0] = ollama();
  const { url } = await scriptedServer(script, "");
  const { figures, server } = watched({ url });
  await figures();
  delete script["/api/ps"];
  Object.assign(script, { "/engines/ps": { body: captured.enginesPs }, "/metrics": { body: "" } });
  expect(await figures()).toMatchObject({
    model_server_up: 1,
    'model_server_models{model="ai/tiny",state="loaded"}': 1,
  });
  expect(server.last).toMatchObject({ kind: "docker-model-runner" });
});

it("takes the option's word for what a server is", async () => {
  const { url } = await scriptedServer({ ...ollama(), ...modelRunner() }, "");
  const { figures, server } = watched({ url, kind: "llama-server" });
  expect(await figures()).toEqual({ model_server_up: 0 });
  expect(server.last?.reason).toBe("does not answer like llama-server");
  const other = watched({ url, kind: "ollama" });
  expect(await other.figures()).toMatchObject({ model_server_up: 1 });
});
