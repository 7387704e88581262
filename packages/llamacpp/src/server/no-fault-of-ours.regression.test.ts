import type { ServerResponse } from "node:http";
import { modelNames } from "@aiwatch/core/adapter";
import { expect, it, onTestFinished, vi } from "vitest";
import * as captured from "../test-support/servers/captures.ts";
import { llamaServerScript, type Script, scriptedServer } from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

const counted = "genai_app_telemetry_errors_total";
const breaksOff = (response: ServerResponse) => void response.destroy();
const hangs = () => {};
const error = { status: 500, body: "" };

/** What befalls a server that was well, and how many diagnostics there are of it. */
const outages: readonly (readonly [what: string, script: Script, told: number])[] = [
  ["stops", { "/health": breaksOff, "/v1/models": breaksOff, "/props": breaksOff, "/metrics": breaksOff }, 1],
  ["hangs", { "/health": hangs, "/v1/models": hangs, "/props": hangs, "/metrics": hangs }, 1],
  ["answers 500", { "/health": error, "/v1/models": error, "/props": error, "/metrics": error }, 1],
  ["loads its model", { "/health": { status: 503, body: captured.loading } }, 0],
  ["answers nonsense", { "/v1/models": { body: "<html>" }, "/props": { body: "[" }, "/metrics": { body: "\0%" } }, 1],
  ["tells figures that cannot be", { "/metrics": { body: captured.metrics({ n_decode_total: "-5" }) } }, 1],
  ["serves no metrics", { "/metrics": { status: 501, body: captured.noMetrics } }, 1],
  ["wants another key", { "/v1/models": { status: 401, body: captured.invalidKey } }, 1],
];

it.each(outages)("a server that %s is told of, and no fault of AIWatch's", async (what, outage, told) => {
  const { url, script } = await scriptedServer(llamaServerScript());
  // on a busy machine any other answer may take as long, and would be told of as one that does not come
  const { figures, diagnostics, sample } = watched({ url, timeoutMs: what === "hangs" ? 1000 : 9000 });
  expect(await figures()).toMatchObject({ model_server_up: 1 });
  Object.assign(script, outage);
  for (let n = 0; n < 3; n += 1) await figures();
  expect(diagnostics).toMatchObject(Array(told).fill({ source: "adapter", isOutside: true }));
  Object.assign(script, llamaServerScript());
  await vi.waitFor(async () => expect(await figures()).toMatchObject({ model_server_up: 1 }), 20_000);
  expect(await sample(counted, { source: "adapter" })).toBe(0);
});

it("a restart is none either", async () => {
  const { url, script } = await scriptedServer(llamaServerScript());
  const { figures, diagnostics, sample } = watched({ url });
  await figures();
  script["/metrics"] = { body: captured.metrics({ n_decode_total: 1 }), headers: { "process-start-time-unix": "2" } };
  expect(await figures()).toMatchObject({ model_server_restarts_total: 1 });
  expect(diagnostics).toEqual([]);
  expect(await sample(counted, { source: "adapter" })).toBe(0);
});

it("an exception of AIWatch's own while it reads a server is one", async () => {
  const { url } = await scriptedServer(llamaServerScript());
  const own = vi.spyOn(modelNames(), "servesOnly").mockImplementationOnce(() => {
    throw new TypeError("a bug");
  });
  onTestFinished(() => own.mockRestore());
  const { figures, diagnostics, sample } = watched({ url });
  await figures();
  expect(diagnostics).toEqual([{ source: "adapter", what: "reading a model server", error: expect.any(TypeError) }]);
  expect(await sample(counted, { source: "adapter" })).toBe(1);
});
