import { modelNames } from "@aiwatch/core/adapter";
import { expect, it } from "vitest";
import * as captured from "../test-support/servers/captures.ts";
import { llamaServerScript, scriptedServer } from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

const model = 'model="tiny-chat-5984d345f535"';

it("shows a llama-server's own figures, and not its gauges that begin anew at each scrape", async () => {
  const { url } = await scriptedServer(llamaServerScript());
  const { figures, diagnostics, server, aiwatch } = watched({ url: `${url}/v1` });
  expect(await figures()).toEqual({
    model_server_up: 1,
    model_server_restarts_total: 0,
    [`model_server_models{${model},state="loaded"}`]: 1,
    [`model_server_slots{${model},state="active"}`]: 0,
    [`model_server_slots{${model},state="free"}`]: 2,
    [`model_server_deferred{${model}}`]: 0,
    [`model_server_context_size{${model}}`]: 1024,
    [`llamacpp_server_prompt_eval_tokens_total{${model}}`]: 47,
    [`llamacpp_server_cached_prompt_tokens_total{${model}}`]: 116,
    [`llamacpp_server_prompt_eval_seconds_total{${model}}`]: 0.338187,
    [`llamacpp_server_output_tokens_total{${model}}`]: 58,
    [`llamacpp_server_decode_seconds_total{${model}}`]: 0.082184,
    [`llamacpp_server_decodes_total{${model}}`]: 54,
  });
  expect(server.name).toBe(new URL(url).host);
  expect(server.last).toMatchObject({ isUp: true, kind: "llama-server", version: "b0-unknown" });
  expect(aiwatch.health.versions).toEqual(new Map([["llama-server", "b0-unknown"]]));
  expect(diagnostics).toEqual([]);
});

it("names the one model that a request's own name does not choose, until the watch ends", async () => {
  const { url } = await scriptedServer(
    llamaServerScript({ "/props": { body: captured.props({ model_alias: "chat" }) } }),
  );
  const { server } = watched({ url });
  await server.read();
  const named = () => modelNames().of({ server: url, requested: "gpt-4" });
  expect(named()).toBe("chat");
  server.close();
  expect(named()).toBe("gpt-4");
});

it("asks the slots only of a server that is awake and at work, and shows the fullest of those that work", async () => {
  const script = llamaServerScript({ "/slots": { body: captured.slots } });
  const { url, asked } = await scriptedServer(script);
  const { figures } = watched({ url });
  const kv = `llamacpp_server_kv_cache_usage_ratio{${model}}`;
  expect(await figures()).not.toHaveProperty([kv]);
  script["/metrics"] = { body: captured.metrics({ requests_processing: 1 }) };
  for (const isSleeping of [true, undefined]) {
    script["/props"] = { body: captured.props({ is_sleeping: isSleeping }) };
    await figures();
  }
  expect(asked.filter((path) => path.startsWith("/slots"))).toEqual([]);
  script["/props"] = { body: captured.props() };
  expect(await figures()).toMatchObject({
    [kv]: 0.25,
    [`model_server_slots{${model},state="active"}`]: 1,
    [`model_server_slots{${model},state="free"}`]: 1,
  });
});

it("a model that sleeps is up, and said to sleep", async () => {
  const { url, asked } = await scriptedServer(
    llamaServerScript({ "/props": { body: captured.props({ is_sleeping: true }) } }),
  );
  const { figures, aiwatch } = watched({ url });
  expect(await figures()).toMatchObject({ model_server_up: 1, [`model_server_models{${model},state="sleeping"}`]: 1 });
  expect(await aiwatch.health.readiness()).toMatchObject({ ready: true });
  expect(new Set(asked)).toEqual(new Set(["/health", "/v1/models", "/props", "/metrics", "/api/ps", "/engines/ps"]));
});

it("a server that loads is not ready, says so, and is no fault", async () => {
  const loading = { status: 503, body: captured.loading };
  const script = llamaServerScript({ "/health": loading, "/props": loading });
  const { url } = await scriptedServer(script);
  const { figures, aiwatch, diagnostics, clock } = watched({ url });
  expect(await figures()).toEqual({ model_server_up: 0, [`model_server_models{${model},state="loading"}`]: 1 });
  expect(await aiwatch.health.readiness()).toMatchObject({
    ready: false,
    checks: { "model-server": { ok: false, detail: "the model server loads its model" } },
  });
  Object.assign(script, llamaServerScript());
  clock.step();
  expect(await aiwatch.health.readiness()).toMatchObject({ ready: true });
  expect(diagnostics).toEqual([]);
});

it("without --metrics it is up, its figures are absent, and one diagnostic says what to start it with", async () => {
  const { url } = await scriptedServer(llamaServerScript({ "/metrics": { status: 501, body: captured.noMetrics } }));
  const { figures, diagnostics } = watched({ url, name: "main" });
  for (let n = 0; n < 3; n += 1) {
    expect(await figures()).toEqual({
      model_server_up: 1,
      [`model_server_models{${model},state="loaded"}`]: 1,
      [`model_server_context_size{${model}}`]: 1024,
    });
  }
  expect(diagnostics.map(({ error }) => String(error))).toEqual([
    "AiwatchError: the model server main serves no /metrics: start it with --metrics",
  ]);
});

it("a server that a proxy lets answer /metrics alone is as ready as its metrics are, and its model unknown", async () => {
  const { url } = await scriptedServer({ "/metrics": { body: captured.metrics() } }, "");
  const { figures, diagnostics } = watched({ url });
  expect(await figures()).toMatchObject({
    model_server_up: 1,
    model_server_restarts_total: 0,
    'llamacpp_server_output_tokens_total{model="unknown"}': 58,
  });
  expect(modelNames().of({ server: url, requested: "gpt-4" })).toBe("gpt-4");
  expect(diagnostics).toEqual([]);
});

it("a proxy that closes what tells of the server leaves it up, and is reported", async () => {
  const closed = { status: 403, body: "" };
  const { url } = await scriptedServer(llamaServerScript({ "/props": closed, "/metrics": closed }));
  const { figures, diagnostics } = watched({ url });
  expect(await figures()).toEqual({ model_server_up: 1, [`model_server_models{${model},state="loaded"}`]: 1 });
  expect(diagnostics.map(({ error }) => String(error))).toEqual([
    expect.stringContaining("refuses the key, or wants one (403)"),
  ]);
});

/** Routers are not in the wheel that tests run: the script is what the server's source and documentation say of one. */
it("a router's loaded models are shown by their names, and none is asked for that a question would load", async () => {
  const entry = (id: string, value: string, more = {}) => ({ id, object: "model", status: { value, ...more } });
  const script = llamaServerScript({
    "/props": { body: { role: "router", model_alias: "llama-server", model_path: "none", build_info: "b1-x" } },
    "/metrics": { status: 400, body: {} },
    "/v1/models": {
      body: {
        data: [
          entry("ai/one", "loaded"),
          entry("two", "sleeping"),
          entry("three", "unloaded"),
          entry("four", "unloaded", { failed: true, exit_code: 1 }),
          entry("five", "loading"),
          entry("six", "loaded"),
        ],
      },
    },
    "/props?model=ai%2Fone&autoload=false": { body: captured.props() },
    "/metrics?model=ai%2Fone&autoload=false": { body: captured.metrics({ requests_processing: 2 }) },
    "/slots?model=ai%2Fone&autoload=false": { body: captured.slots },
    "/props?model=two&autoload=false": { body: captured.props({ is_sleeping: true }) },
    "/metrics?model=two&autoload=false": { body: captured.metrics({ tokens_predicted_total: 9 }) },
    // unloaded after the list was made
    "/props?model=six&autoload=false": { status: 400, body: {} },
    "/metrics?model=six&autoload=false": { status: 400, body: {} },
  });
  const { url, asked } = await scriptedServer(script);
  const { figures, diagnostics } = watched({ url });
  expect(await figures()).toMatchObject({
    model_server_up: 1,
    'model_server_models{model="ai/one",state="loaded"}': 1,
    'model_server_models{model="two",state="sleeping"}': 1,
    'model_server_models{model="three",state="unloaded"}': 1,
    'model_server_models{model="four",state="failed"}': 1,
    'model_server_models{model="five",state="loading"}': 1,
    'llamacpp_server_output_tokens_total{model="ai/one"}': 58,
    'llamacpp_server_output_tokens_total{model="two"}': 9,
    'llamacpp_server_kv_cache_usage_ratio{model="ai/one"}': 0.25,
  });
  expect(asked.filter((path) => path.includes("model=") && !path.endsWith("&autoload=false"))).toEqual([]);
  expect(asked.filter((path) => /three|four|five/.test(path))).toEqual([]);
  expect(diagnostics).toEqual([]);
  // a model that a router loads anew is no restart of the server
  script["/metrics?model=ai%2Fone&autoload=false"] = { body: captured.metrics({ tokens_predicted_total: 1 }) };
  const after = await figures();
  expect(after['llamacpp_server_output_tokens_total{model="ai/one"}']).toBe(59);
  expect(after).not.toHaveProperty("model_server_restarts_total");
});
