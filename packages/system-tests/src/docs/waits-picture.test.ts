import { readFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { catalogue } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import type { ChatList } from "@aiwatch/core/summary-schema";
import { createTestAiwatch, fakeClock } from "@aiwatch/core/testing";
import { testServer } from "@aiwatch/testkit";
import { expect, it } from "vitest";

const picture = await readFile(new URL("../../../../docs/guide/waits.svg", import.meta.url), "utf8");

/** A stretch of the picture, in its units, which are milliseconds here. */
interface Stretch {
  readonly from: number;
  readonly to: number;
}

const moments = Object.fromEntries(
  [...picture.matchAll(/<g class="moment" id="(\w+)"><line x1="(\d+)"/g)].map(([, id = "", x]) => [id, Number(x)]),
);
const at = (moment: string) => moments[moment] ?? Number.NaN;

/** The brackets below the chat, by the name of what they measure. */
const brackets = new Map(
  [...picture.matchAll(/<text class="name"[^>]*>(\w+)<\/text>\s*<path class="bracket" d="([^"]+)"/g)].map(
    ([, name = "", path = ""]) => [name, stretchesOf(path)],
  ),
);

function stretchesOf(path: string): Stretch[] {
  return [...path.matchAll(/M(\d+) \d+H(\d+)/g)].map(([, from, to]) => ({ from: Number(from), to: Number(to) }));
}

const lengthOf = (name: string) => (brackets.get(name) ?? []).reduce((sum, { from, to }) => sum + to - from, 0);

/** What the chat's bar shows of a phase, in all. */
function phaseOf(className: string, within: Stretch): number {
  const bars = [...picture.matchAll(/<rect class="(\w+)" x="([\d.]+)" y="\d+" width="([\d.]+)"/g)]
    .map(([, kind, x, width]) => ({ kind, from: Number(x) - 0.5, to: Number(x) + Number(width) + 0.5 }))
    .filter(({ kind, from, to }) => kind === className && from >= within.from && to <= within.to);
  return bars.reduce((sum, { from, to }) => sum + to - from, 0);
}

/** Serves one chat whose every moment comes when the picture shows it. */
async function serveTheChat() {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  const { aiwatch } = test;
  let now = at("arrival");
  const until = (x: number) => {
    clock.advance(x - now);
    now = x;
  };

  const chat = (response: ServerResponse) => {
    until(at("enters"));
    const entry = aiwatch.admission({ queue: "line" }).enter();
    until(at("admitted"));
    entry.admitted();
    until(at("call"));
    const inference = aiwatch.startInference({ model: "tiny" });
    until(at("begins"));
    inference.evaluationBegun();
    until(at("first"));
    inference.token();
    for (const { from, to } of brackets.get("genai_app_inter_token_latency_seconds") ?? []) {
      until(from);
      inference.tokenAsked();
      until(to);
      inference.token();
    }
    until(at("end"));
    inference.end({ unified: "stop" });
    until(at("closed"));
    response.end();
  };
  const options = { routes: { chats: true }, authorize: () => true };
  const server = await testServer(aiwatchNode((_request, response) => chat(response), aiwatch, options));
  await (await fetch(server.url)).text();
  await expect.poll(() => test.requests.length).toBe(1);
  const { chats } = (await (await fetch(`${server.url}/metrics/chats`)).json()) as ChatList;
  await server.close();
  return { ...test, request: test.requests[0], phases: chats[0]?.ms };
}

it("has a bracket for each stretch, from one of its moments to another, of a figure that is there", () => {
  const names = Object.values(catalogue).map(({ name }) => name as string);
  expect([...brackets.keys()].filter((name) => name !== "beforeModelMs" && !names.includes(name))).toEqual([]);
  expect(brackets.size).toBeGreaterThan(10);
  const ends = [...brackets.values()].flatMap((stretches) => [stretches[0]?.from, stretches.at(-1)?.to]);
  expect(Object.values(moments)).toEqual(expect.arrayContaining(ends));
  // so that the length of a bracket tells where it is
  const pairs = Object.values(moments).flatMap((from, index, all) => all.slice(index + 1).map((to) => to - from));
  const drawn = [...brackets.values()].map((stretches) => (stretches.at(-1)?.to ?? 0) - (stretches[0]?.from ?? 0));
  for (const length of drawn) expect(pairs.filter((other) => other === length)).toEqual([length]);
  expect(brackets.get("genai_app_client_first_token_seconds")).toEqual([{ from: at("sent"), to: at("page") }]);
  expect(brackets.get("genai_app_client_response_seconds")).toEqual([{ from: at("sent"), to: at("whole") }]);
});

it("is light, has its words as words, and asks for nothing from elsewhere", () => {
  expect(Buffer.byteLength(picture)).toBeLessThan(15_000);
  expect(picture).toMatch(/<title id="title">[^<]+<\/title>\s*<desc id="desc">[^<]+<\/desc>/);
  expect(picture.replace("http://www.w3.org/2000/svg", "")).not.toMatch(/https?:|@import|@font-face|data:|<script/);
});

it("the page beside it names metrics that are there, each of the picture's among them", async () => {
  const page = await readFile(new URL("../../../../docs/guide/waits.md", import.meta.url), "utf8");
  const named = new Set([...page.matchAll(/`(genai_app_\w+)`/g)].map(([, name]) => name));
  const names = new Set<string | undefined>(Object.values(catalogue).map(({ name }) => name));
  expect([...named].filter((name) => !names.has(name))).toEqual([]);
  expect([...brackets.keys()].filter((name) => names.has(name) && !named.has(name))).toEqual([]);
});

it("each bracket of the server's is as long as its metric says, for a chat with the picture's moments", async () => {
  const { sample, request, aiwatch, phases } = await serveTheChat();
  const measured = async (name: string, labels: Record<string, string>) => {
    const seconds = (await sample(`${name}_sum`, labels)) ?? Number.NaN;
    return [name, Math.round(seconds * 1e6) / 1e3];
  };
  const drawn = (name: string, length = lengthOf(name)) => [name, length];
  const model = { model: "tiny" };
  const first = "genai_app_request_first_token_seconds";
  const ofTheModel = [
    first,
    "genai_app_first_token_latency_seconds",
    "genai_app_queue_seconds",
    "genai_app_llamacpp_prompt_eval_seconds",
    "genai_app_inter_token_latency_seconds",
  ];
  for (const name of ofTheModel) expect(await measured(name, model)).toEqual(drawn(name));
  const latency = "genai_app_model_latency_seconds";
  expect(await measured(latency, { ...model, operation: "inference" })).toEqual(drawn(latency));
  const wait = "genai_app_admission_wait_seconds";
  expect(await measured(wait, { queue: "line" })).toEqual(drawn(wait));
  const http = "genai_app_http_request_duration_seconds";
  expect(await measured(http, { method: "GET", endpoint: "unmatched" })).toEqual(drawn(http));

  const gaps = brackets.get("genai_app_inter_token_latency_seconds")?.length ?? 0;
  const each = "genai_app_time_per_output_token_seconds";
  expect(await measured(each, model)).toEqual(drawn(each, lengthOf(each) / gaps));
  const rate = "genai_app_tokens_per_second";
  expect(await sample(rate, model)).toBeCloseTo((gaps * 1000) / lengthOf(rate), 6);

  expect(request).toMatchObject({ beforeModelMs: lengthOf("beforeModelMs"), requestFirstTokenMs: lengthOf(first) });
  const { window } = aiwatch.summary();
  expect(window.firstTokenMs.p50).toBe(lengthOf(first));
  expect(window.queueMs.p50).toBe(lengthOf(wait) + lengthOf("genai_app_queue_seconds"));

  const whole = { from: at("arrival"), to: at("closed") };
  expect(phases).toMatchObject({
    before: phaseOf("app", whole),
    line: phaseOf("wait", { ...whole, to: at("call") }),
    queue: phaseOf("wait", { ...whole, from: at("call") }),
    prompt: phaseOf("prompt", whole),
    decode: phaseOf("decode", whole),
  });
});
