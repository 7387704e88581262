import { expect, it } from "vitest";
import * as captured from "../test-support/servers/captures.ts";
import { llamaServerScript, scriptedServer } from "../test-support/servers/scripted-server.ts";
import { watched } from "../test-support/servers/watched.ts";

const output = 'llamacpp_server_output_tokens_total{model="tiny-chat-5984d345f535"}';
const decodes = 'llamacpp_server_decodes_total{model="tiny-chat-5984d345f535"}';

/** A server whose counts and start time a test sets, in their order. */
async function setUp() {
  const script = llamaServerScript();
  const { url } = await scriptedServer(script);
  const { figures, ...rest } = watched({ url });
  const next = async (life: string | undefined, counts: Parameters<typeof captured.metrics>[0]) => {
    const headers: Record<string, string> = life === undefined ? {} : { "process-start-time-unix": life };
    script["/metrics"] = { body: captured.metrics(counts), headers };
    const shown = await figures();
    return [shown[output], shown[decodes], shown["model_server_restarts_total"]];
  };
  const first = next("1", { tokens_predicted_total: 100, n_decode_total: 90 });
  return { first: await first, next, script, figures, ...rest };
}

it("keeps what a server counted before its restart, also one that has counted more since", async () => {
  const { first, next } = await setUp();
  expect(first).toEqual([100, 90, 0]);
  expect(await next("1", { tokens_predicted_total: 150, n_decode_total: 95 })).toEqual([150, 95, 0]);
  expect(await next("2", { tokens_predicted_total: 500, n_decode_total: 10 })).toEqual([650, 105, 1]);
  expect(await next("3", { tokens_predicted_total: 0, n_decode_total: 0 })).toEqual([650, 105, 2]);
  expect(await next("3", { tokens_predicted_total: 1, n_decode_total: 1 })).toEqual([651, 106, 2]);
});

it("finds the restart of one that does not tell its start by a count that fell", async () => {
  const { next } = await setUp();
  expect(await next(undefined, { tokens_predicted_total: 120, n_decode_total: 95 })).toEqual([120, 95, 0]);
  expect(await next(undefined, { tokens_predicted_total: 130, n_decode_total: 9 })).toEqual([250, 104, 1]);
});

it("never falls where a count does in one life", async () => {
  const { next } = await setUp();
  expect(await next("1", { tokens_predicted_total: 99, n_decode_total: 91 })).toEqual([100, 91, 0]);
});

it("counts a restart once that brings another model, and goes on with the first when it is back", async () => {
  const { next, script, figures } = await setUp();
  script["/props"] = { body: captured.props({ model_alias: "other" }) };
  expect(await next("2", { tokens_predicted_total: 7 })).toEqual([undefined, undefined, 1]);
  expect(await figures()).toMatchObject({ 'llamacpp_server_output_tokens_total{model="other"}': 7 });
  script["/props"] = { body: captured.props() };
  expect(await next("3", { tokens_predicted_total: 5, n_decode_total: 1 })).toEqual([105, 91, 2]);
});

it("is silent while the server is away, and goes on where it was", async () => {
  const { next, script } = await setUp();
  const { "/health": health, "/metrics": metrics } = script;
  script["/health"] = (response) => response.destroy();
  expect(await next("1", { tokens_predicted_total: 400 })).toEqual([undefined, undefined, 0]);
  Object.assign(script, { "/health": health, "/metrics": metrics });
  expect(await next("2", { tokens_predicted_total: 30, n_decode_total: 3 })).toEqual([130, 93, 1]);
});

it("takes figures that cannot be for none, and reports them once", async () => {
  const { next, diagnostics } = await setUp();
  for (const absurd of ["-5", "NaN", "1e400", "+Inf", "1e300", "many"]) {
    expect(await next("1", { tokens_predicted_total: absurd, n_decode_total: 91 })).toEqual([undefined, 91, 0]);
  }
  expect(diagnostics.map(({ error }) => String(error))).toEqual([
    expect.stringContaining(" has figures that cannot be: llamacpp:tokens_predicted_total"),
  ]);
  expect(await next("1", { tokens_predicted_total: 101, n_decode_total: 92 })).toEqual([101, 92, 0]);
});
