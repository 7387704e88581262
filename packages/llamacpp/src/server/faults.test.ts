import { once } from "node:events";
import type { ServerResponse } from "node:http";
import { type AddressInfo, createServer } from "node:net";
import { closedAddress } from "@aiwatch/testkit";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import * as captured from "../test-support/servers/captures.ts";
import {
  llamaServerScript,
  type Script,
  type Scripted,
  scriptedServer,
} from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

const cut = (response: ServerResponse) => {
  response.writeHead(200, { "content-length": 1000 });
  response.write('{"status":', () => response.destroy());
};
const never = () => {};
const everywhere = (answer: Scripted): Script =>
  Object.fromEntries(
    ["/health", "/v1/models", "/props", "/metrics", "/api/ps", "/engines/ps"].map((path) => [path, answer]),
  );
const refusal = { status: 401, body: captured.invalidKey };

/** What answers, and why it is not up. */
const faults: readonly (readonly [what: string, script: Script, reason: string | RegExp])[] = [
  [
    "a server that refuses the key",
    llamaServerScript({ "/v1/models": refusal, "/props": refusal, "/metrics": refusal }),
    "refuses the key, or wants one (401)",
  ],
  ["a proxy that refuses the key", everywhere({ status: 403, body: "" }), "refuses the key, or wants one (403)"],
  [
    "a redirect",
    everywhere({ status: 302, headers: { location: `http://${closedAddress}/canary` }, body: "" }),
    "redirects (302), which is not followed",
  ],
  ["a web page", everywhere({ body: "<html>hello</html>" }), /^answers like no model server that AIWatch knows/],
  ["another program's JSON", everywhere({ body: { models: 5, status: "ok" } }), /^answers like no model server/],
  ["half an answer", everywhere(cut), "broke off its answer to /health"],
  ["a server that hangs", everywhere(never), "did not answer within 200 ms"],
  ["an endless answer", everywhere((response) => endless(response)), /^answers \/health with more than 1048576 bytes$/],
  ["a server that fails", llamaServerScript({ "/health": { status: 500, body: "" } }), "answers /health with 500"],
];

function endless(response: ServerResponse): void {
  const write = () => {
    if (!response.destroyed) response.write("x".repeat(65_536), write);
  };
  write();
}

describe.each(faults)("%s", (what, script, reason) => {
  it("is down, without figures, with one diagnostic and a reason in readiness, and up again once it is well", async () => {
    const isOther = Object.keys(script).includes("/api/ps");
    const { url, script: live } = await scriptedServer({ ...script }, isOther ? "" : "llama.cpp");
    const { figures, diagnostics, aiwatch, clock } = watched({
      url,
      timeoutMs: what === "a server that hangs" ? 200 : 9000,
    });
    for (let n = 0; n < 3; n += 1) expect(await figures()).toEqual({ model_server_up: 0 });
    expect(diagnostics.map(({ error }) => error)).toEqual([expect.objectContaining({ code: "AIWATCH_MODEL_SERVER" })]);
    const { ready, checks } = await aiwatch.health.readiness();
    const detail = checks["model-server"]?.detail?.replace("the model server ", "");
    expect([ready, detail]).toEqual([false, typeof reason === "string" ? reason : expect.stringMatching(reason)]);
    for (const path of Object.keys(live)) delete live[path];
    Object.assign(live, llamaServerScript());
    clock.step();
    await vi.waitFor(async () => expect(await figures()).toMatchObject({ model_server_up: 1 }), { timeout: 20_000 });
    expect(diagnostics).toHaveLength(1);
  });
});

it("nothing that listens is down, and a second outage is reported again", async () => {
  const { figures, diagnostics, server } = watched({ url: `http://${closedAddress}` });
  expect(await figures()).toEqual({ model_server_up: 0 });
  expect(server.last?.reason).toBe("cannot be reached (ECONNREFUSED)");
  expect(diagnostics).toHaveLength(1);
});

it.each([
  ["", {}],
  [" of a server that has a lasting fault, too", { "/metrics": { status: 501, body: captured.noMetrics } }],
])("reports each outage once%s", async (_what, over: Script) => {
  const script = llamaServerScript(over);
  const lasting = Object.keys(over).length;
  const { url } = await scriptedServer(script);
  const { figures, diagnostics } = watched({ url });
  for (let outage = 1; outage <= 3; outage += 1) {
    script["/health"] = { status: 500, body: "" };
    for (let n = 0; n < 2; n += 1) expect(await figures()).toMatchObject({ model_server_up: 0 });
    expect(diagnostics).toHaveLength(outage + (outage > 1 ? lasting : 0));
    script["/health"] = { body: { status: "ok" } };
    expect(await figures()).toMatchObject({ model_server_up: 1 });
  }
});

it("metrics that come late are absent, and the server stays up and ready", async () => {
  const { url } = await scriptedServer(llamaServerScript({ "/metrics": never }));
  const { figures, diagnostics, aiwatch } = watched({ url, timeoutMs: 1000 });
  const shown = await figures();
  expect([shown["model_server_up"], Object.keys(shown).filter((name) => name.includes("total"))]).toEqual([1, []]);
  expect(await aiwatch.health.readiness()).toMatchObject({ ready: true });
  expect(diagnostics.map(({ error }) => String(error))).toEqual([
    expect.stringContaining("did not answer within 1000 ms"),
  ]);
});

it("metrics that were cut are shown as far as they came whole", async () => {
  const text = captured.metrics();
  const half = text.slice(
    0,
    text.indexOf("llamacpp:tokens_predicted_total 58") + "llamacpp:tokens_predicted_total 5".length,
  );
  const { url } = await scriptedServer(llamaServerScript({ "/metrics": { body: half } }));
  const shown = await watched({ url }).figures();
  const counters = Object.keys(shown).filter((name) => name.startsWith("llamacpp_server"));
  expect(counters.map((name) => name.replace(/\{.*/, ""))).toEqual([
    "llamacpp_server_prompt_eval_tokens_total",
    "llamacpp_server_cached_prompt_tokens_total",
    "llamacpp_server_prompt_eval_seconds_total",
  ]);
});

it("a check that is not critical leaves the app ready", async () => {
  const { url } = await scriptedServer({ "/health": { status: 500, body: "" } });
  const { aiwatch } = watched({ url, critical: false });
  expect(await aiwatch.health.readiness()).toMatchObject({ ready: true, state: "degraded" });
});

it.each([
  ["closes without a word", "", /^cannot be reached \(ECONNRESET\)$/],
  ["speaks another protocol", "SSH-2.0-OpenSSH_9.6\r\n", /^cannot be reached \(HPE_INVALID_CONSTANT\)$/],
  ["switches to another protocol", "HTTP/1.1 101 Switching\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n", /./],
  ["only promises an answer", "HTTP/1.1 103 Early Hints\r\n\r\n", /./],
])("a server that %s is down, in time", async (_what, said, reason) => {
  const listening = createServer((socket) => socket.on("error", () => {}).end(said)).listen(0, "127.0.0.1");
  await once(listening, "listening");
  onTestFinished(() => void listening.close());
  const { port } = listening.address() as AddressInfo;
  const { figures, server, diagnostics } = watched({ url: `http://127.0.0.1:${port}`, timeoutMs: 9000 });
  expect(await figures()).toEqual({ model_server_up: 0 });
  expect(server.last?.reason).toMatch(reason);
  expect(diagnostics).toHaveLength(1);
});
