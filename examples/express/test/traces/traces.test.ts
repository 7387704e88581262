import type { TestServer } from "@aiwatch/testkit";
import { keepRecentTraces, type RecentTraces, startTracing } from "@aiwatch/tracing";
import { afterEach, beforeEach, describe, expect, it, test } from "vitest";
import { answered, begin, idOf, record, recordSamples, type SpanPlan, underWay } from "./test-support/recorded.ts";
import { browserAccept, tracesApp } from "./test-support/traces-app.ts";

let recent: RecentTraces;
let server: TestServer;

beforeEach(async () => {
  recent = keepRecentTraces();
  server = await tracesApp(recent);
});
afterEach(() => server.close());

const get = (path: string, accept?: string) =>
  fetch(server.url + path, accept === undefined ? {} : { headers: { accept } });
const json = async (path: string) => (await get(path, "application/json")).json();
const html = async (path: string) => (await get(path, browserAccept)).text();

/** The text that a reader has, unseen parts included. */
const textOf = (markup: string) =>
  markup
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ")
    .replaceAll("&#39;", "'");

/** The pieces of a bar, in percent. */
const drawn = (svg = "") =>
  [...svg.matchAll(/class="piece (\w+)".*? x="([\d.]+)%" width="([\d.]+)%"/g)].map(
    ([, look, x, width]) => [look, Number(x), Number(width)] as const,
  );

describe("GET /traces", () => {
  it("has the latest traces for programs, the newest first, and what is unknown is absent", async () => {
    recordSamples(recent);
    const { kept, traces } = await json("/traces");
    expect(kept).toBe(7);
    const told = traces.map(({ startTimeMs, traceId, ...facts }: Record<string, unknown>) => facts);
    const name = "POST /chat";
    const [tiny, llama] = [
      { name, models: ["tiny-chat"] },
      { name, models: ["llama-3.2"] },
    ];
    expect(told).toEqual([
      { ...tiny, durationMs: 11_500, outcome: "answered", status: 200, outputTokens: 527, firstTokenMs: 467 },
      { ...tiny, durationMs: 1190, outcome: "aborted", status: 499, outputTokens: 58, firstTokenMs: 52 },
      { name, models: [], durationMs: 61, outcome: "refused", status: 503, failure: "unavailable" },
      { ...tiny, durationMs: 310, outcome: "failed", status: 500, failure: "context overflow" },
      { ...llama, durationMs: 2100, outcome: "answered", status: 200, firstTokenMs: 600 },
      { name, models: [], durationMs: 4100, outcome: "left", status: 499 },
      { ...tiny, durationMs: 3000, outcome: "answered", status: 200, outputTokens: 41, firstTokenMs: 62 },
    ]);
    expect(traces[0]).toMatchObject({ traceId: idOf("7"), startTimeMs: begin + 6 * 13_000 });
  });

  it.each([
    ["model=llama-3.2", ["3"], 1],
    ["outcome=answered", ["7", "3", "1"], 3],
    ["outcome=answered&model=tiny-chat", ["7", "1"], 2],
    ["outcome=&model=", ["7", "6", "5", "4", "3", "2", "1"], 7],
    ["model=none", [], 0],
  ])("chooses by %s, in JSON and on the page", async (search, ids, rows) => {
    recordSamples(recent);
    const { traces } = await json(`/traces?${search}`);
    expect(traces.map(({ traceId }: { traceId: string }) => traceId)).toEqual(ids.map(idOf));
    const page = await html(`/traces?${search}`);
    expect(page.match(/<td role="cell" class="name">/g) ?? []).toHaveLength(rows);
    if (rows === 0) expect(textOf(page)).toContain("No kept trace is like that.");
  });

  it("has filters as links that keep the other choice, with how many each would show", async () => {
    recordSamples(recent);
    const page = await html("/traces?model=tiny-chat");
    const links = [
      ...page.matchAll(/<li><a href="([^"]+)"( aria-current="true")?><span>([^<]*)<\/span> <small>(\d+)/g),
    ];
    expect(
      links.map(([, href, current, text, count]) => [
        text,
        count,
        href?.replaceAll("&#38;", "&"),
        current !== undefined,
      ]),
    ).toEqual([
      ["all", "4", "/traces?model=tiny-chat", true],
      ["answered", "2", "/traces?model=tiny-chat&outcome=answered", false],
      ["refused", "0", "/traces?model=tiny-chat&outcome=refused", false],
      ["left the line", "0", "/traces?model=tiny-chat&outcome=left", false],
      ["stopped", "1", "/traces?model=tiny-chat&outcome=aborted", false],
      ["failed", "1", "/traces?model=tiny-chat&outcome=failed", false],
      ["all", "7", "/traces", false],
      ["tiny-chat", "4", "/traces?model=tiny-chat", true],
      ["llama-3.2", "1", "/traces?model=llama-3.2", false],
    ]);
  });

  it("says of each when it began in UTC, how it ended, how many tokens came; and of a refusal its status", async () => {
    recordSamples(recent);
    const cells = [
      ...(await html("/traces")).matchAll(/<td role="cell" class="(time|outcome|tokens)[^>]*>(.*?)<\/td>/g),
    ];
    const of = (wanted: string) =>
      cells.filter(([, look]) => look === wanted).map(([, , cell]) => textOf(cell ?? "").trim());
    expect(of("time").slice(0, 2)).toEqual(["29 Nov 23:42:23", "29 Nov 23:42:10"]);
    expect(of("outcome")).toEqual([
      ...["answered", "stopped", "refused, 503", "✕ context overflow"],
      ...["answered", "left the line", "answered"],
    ]);
    expect(of("tokens").slice(0, 3)).toEqual(["527 tokens", "58 tokens", "– tokens"]);
  });

  it("draws no dots: what is under a percent of the bar's full width belongs to what is beside it", async () => {
    recordSamples(recent);
    const bars = [...(await html("/traces")).matchAll(/<td role="cell" class="phases">(.*?)<\/td>/g)];
    const looks = bars.map(([, cell = ""]) => drawn(cell).map(([look]) => look));
    expect(looks).toEqual([
      ["prompt", "decode"],
      ["decode"],
      ["app"],
      ["prompt", "failed"],
      ["prompt", "decode"],
      ["line"],
      ["decode", "tool", "decode"],
    ]);
    const [first] = bars.map(([, cell = ""]) => drawn(cell));
    expect(first?.[0]).toEqual(["prompt", 0, expect.closeTo(4.06, 1)]);
    expect(first?.reduce((sum, [, , width]) => sum + width, 0)).toBeCloseTo(100, 1);
  });

  it("shows a trace whose request goes on as under way, with nothing made up", async () => {
    record(recent, idOf("a"), underWay);
    const { traces } = await json("/traces");
    expect(traces).toEqual([{ traceId: idOf("a"), name: "wait for a sequence", startTimeMs: begin + 3, models: [] }]);
    expect(textOf(await html("/traces"))).toContain("under way");
  });

  it("says that there is none yet, or that tracing is off", async () => {
    expect(textOf(await html("/traces"))).toContain("Tracing is off in this process");
    const tracing = startTracing({ spanProcessors: [recent] });
    expect(textOf(await html("/traces"))).toContain("No trace yet.");
    await tracing.shutdown();
  });
});

describe("GET /traces/TRACE_ID", () => {
  it("has the spans for programs, and for who takes anything", async () => {
    record(recent, idOf("a"), answered);
    for (const accept of ["application/json", undefined, "*/*", "text/html;q=0.1, application/json"]) {
      const response = await get(`/traces/${idOf("a")}`, accept);
      expect(response.headers.get("content-type")).toMatch(/^application\/json/);
      expect(await response.json()).toEqual({ traceId: idOf("a"), spans: recent.find(idOf("a")) });
    }
  });

  it("shows phases and spans, a browser's span that came last in its place", async () => {
    record(recent, idOf("a"), answered);
    const page = await html(`/traces/${idOf("a")}`);
    const names = [...page.matchAll(/<span class="name">([^<]*)/g)].map(([, name]) => name?.trim());
    expect(names).toEqual(["you, in this page", "POST /chat", "wait for a sequence", "chat tiny-chat"]);
    const text = textOf(page);
    expect(text).toContain("POST /chat answered");
    expect(text).toContain(
      "the app, before the model 3 ms in line 11 ms engine’s line 37 ms prompt 416 ms writing 11.0 s the app, after the model 6 ms",
    );
    expect(text).toContain(
      "first token 467 ms in all 11.5 s model tiny-chat prompt 16 tokens, 8 cached answer 527 tokens speed 47.7 tokens/s",
    );
    expect(text).toContain("aiwatch.prompt_eval.done, after 446 ms");
    expect(page.match(/another clock<\/small>/g)).toHaveLength(1);
  });

  it("draws the phases one behind the other on the axis, and the first token across all spans", async () => {
    record(recent, idOf("a"), answered);
    const page = await html(`/traces/${idOf("a")}`);
    const bars = [...page.matchAll(/<svg class="bar".*?<\/svg>/g)].map(([svg]) => svg);
    expect(drawn(bars[0]).map(([look]) => look)).toEqual(["before", "line", "queue", "prompt", "decode", "after"]);
    // each where it was, of 11,830 ms from 326 before the request on: the first token is where writing begins
    const at = (ms: number) => expect.closeTo(((326 + ms) / 11_830) * 100, 1);
    const long = (ms: number) => expect.closeTo((ms / 11_830) * 100, 1);
    expect(drawn(bars.at(-1))).toEqual([
      ["queue", at(14), long(37)],
      ["prompt", at(51), long(416)],
      ["decode", at(467), long(11_027)],
    ]);
    const marks = [...page.matchAll(/<line class="exact" x1="([\d.]+)%"/g)].map(([, x]) => Number(x));
    expect(marks).toEqual(Array(4).fill(at(467)));
  });

  it("tells of a refused one its status and why, and nothing that it does not know", async () => {
    recordSamples(recent);
    const text = textOf(await html(`/traces/${idOf("5")}`));
    expect(text).toContain("POST /chat refused: 503 unavailable");
    expect(text).toContain("in all 61 ms the app 61 ms in line 0.2 ms");
    expect(text).toContain("wait for a sequence , below POST /chat ✕ failed");
  });

  it("shows what is in seconds with a unit, and no more digits than somebody reads", async () => {
    record(recent, idOf("a"), [
      {
        ...{ name: "chat tiny", id: "x", ms: 90 },
        attributes: {
          "aiwatch.inference.queue_time": 0.03349956400002702,
          "gen_ai.response.time_to_first_chunk": 1.25,
          "aiwatch.inference.tokens_per_second": 47.723456789,
          "gen_ai.usage.output_tokens": 120_527,
          "app.note": "0.03349956400002702",
        },
      },
    ]);
    const values = [...(await html(`/traces/${idOf("a")}`)).matchAll(/<dd>(.*?)<\/dd>/g)].map(([, value]) => value);
    expect(values.slice(-5)).toEqual(["33 ms", "1.25 s", "47.72", "120527", "0.03349956400002702"]);
  });

  it("leaves a span off the axis whose clock is wrong by an hour, and says so", async () => {
    const [page, ...rest] = answered;
    record(recent, idOf("a"), [{ ...(page as SpanPlan), at: -3_600_000 }, ...rest]);
    const text = textOf(await html(`/traces/${idOf("a")}`));
    expect(text).toContain("full width 11.5 s");
    expect(text).toContain("not on this axis");
  });

  it("loses no span whose parents are a circle, or itself", async () => {
    const spans = ["one", "other", "own"].map((name) => ({ name, id: name, ms: 1 }));
    const parents = ["other", "one", "own"];
    record(
      recent,
      idOf("a"),
      spans.map((span, at) => ({ ...span, parent: parents[at] ?? "" })),
    );
    const page = await html(`/traces/${idOf("a")}`);
    expect([...page.matchAll(/<span class="name">([^<]*)/g)].map(([, name]) => name)).toEqual(["one", "other", "own"]);
  });

  it("answers a reader about an unknown one with 404 and why, and a program with no spans yet", async () => {
    const tracing = startTracing({ spanProcessors: [recent] });
    const response = await get(`/traces/${idOf("a")}`, browserAccept);
    expect(response.status).toBe(404);
    const text = textOf(await response.text());
    for (const reason of ["It goes on.", "It was forgotten.", "It was not sampled.", "Another process has it."]) {
      expect(text).toContain(reason);
    }
    await tracing.shutdown();
    expect(textOf(await html(`/traces/${idOf("a")}`))).toContain("Tracing is off in this process");
    const program = await get(`/traces/${idOf("a")}`, "application/json");
    expect([program.status, await program.json()]).toEqual([200, { traceId: idOf("a"), spans: [] }]);
  });

  it("refuses what is no trace id", async () => {
    const page = await get("/traces/0123", browserAccept);
    expect([page.status, textOf(await page.text())]).toEqual([400, expect.stringContaining("32 hexadecimal digits")]);
    expect((await get("/traces/0123", "application/json")).status).toBe(400);
  });
});

describe("every page", () => {
  const canary = `"'><canary-5d1 onload=alert(1)>&lt;`;
  const hostile: readonly SpanPlan[] = [
    {
      name: `POST ${canary}`,
      id: canary,
      kind: "server",
      ms: 5,
      isError: true,
      attributes: { "error.type": canary, "http.response.status_code": 500 },
    },
    {
      name: canary,
      id: "x",
      parent: canary,
      ms: 4,
      attributes: { "gen_ai.operation.name": canary, "gen_ai.request.model": canary, [canary]: canary, list: [canary] },
      events: [{ name: canary, at: 1, attributes: { [canary]: canary } }],
    },
    { name: `wait for ${canary}`, id: "y", parent: canary, ms: 1, isForeign: true },
  ];

  test("shows names and values of others as text", async () => {
    record(recent, idOf("a"), hostile);
    const search = new URLSearchParams({ model: canary, outcome: canary });
    for (const path of [
      "/traces",
      `/traces/${idOf("a")}`,
      `/traces?${search}`,
      `/traces/${encodeURIComponent(canary)}`,
    ]) {
      const page = await html(path);
      expect(page, path).not.toContain("<canary");
      expect(page, path).not.toContain(canary);
      const tags = new Set([...page.matchAll(/<\/?([a-z0-9-]+)/g)].map(([, tag]) => tag));
      expect(
        [...tags].filter((tag) => /canary|script|style|iframe|form/.test(tag ?? "")),
        path,
      ).toEqual([]);
    }
    expect(await html("/traces")).toContain("&#60;canary-5d1 onload=alert(1)&#62;&#38;lt;");
  });

  test("has nothing inline, nothing from elsewhere, and may load nothing else", async () => {
    recordSamples(recent);
    for (const path of ["/traces", `/traces/${idOf("7")}`, `/traces/${idOf("a")}`, "/traces/x"]) {
      const response = await get(path, browserAccept);
      const policy = response.headers.get("content-security-policy");
      expect(policy).toMatch(/^default-src 'none'; style-src 'self'; img-src 'self';/);
      expect(policy).not.toMatch(/unsafe|script-src/);
      expect(response.headers.get("cache-control")).toBe("no-store");
      const page = await response.text();
      expect(page).not.toMatch(/<script|<style|\sstyle=|\son\w+=|https?:/);
      for (const [, file] of page.matchAll(/(?:src|rel="stylesheet" href)="([^"]+)"/g)) {
        expect((await get(file ?? "")).status, file).toBe(200);
      }
    }
  });
});
