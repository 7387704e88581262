import { describe, expect, it } from "vitest";
import type { PanelData } from "./panel-data.ts";
import { panelViewOf } from "./panel-view.ts";
import { empty, idle, live, slow, starting, strangers, withoutChats } from "./test-support/samples.ts";

const viewOf = (data: PanelData | undefined, options = {}) =>
  panelViewOf({ data, ageMs: 0, staleAfterMs: 10_000 }, options);
const rowsOf = (data: PanelData, options = {}) => viewOf(data, options).rows;

describe("the tiles", () => {
  it("have the JSON's figures, each with what it is", () => {
    expect(viewOf(live).tiles?.map(({ name, value, unit, sub, caption }) => [name, value, unit, sub, caption])).toEqual(
      [
        ["first token", "124", "ms median", "95 of 100 within 418 ms", "95 of 100, goal 500 ms"],
        ["speed", "47.2", "tokens/s", "median answer", "all together, 5 min"],
        ["in line", "1", undefined, "95 of 100 wait up to 310 ms", "peaks, 5 min"],
        ["failed", "1", "of 54", "2 refused, 3 stopped", undefined],
      ],
    );
  });

  it("have dashes where nothing was measured, and a 0 where nobody waits", () => {
    expect(viewOf(idle).tiles?.map(({ value, sub }) => [value, sub])).toEqual([
      ["–", "none in 5 min"],
      ["–", "none in 5 min"],
      ["0", "no wait in 5 min"],
      ["0", "none refused or stopped"],
    ]);
  });

  it("have as their large figure what is over the objective, and never a median beside a verdict that it contradicts", () => {
    const [first, ...others] = viewOf(slow).tiles ?? [];
    expect(first).toMatchObject({
      value: "3.90",
      unit: "s",
      sub: "for 95 of 100",
      more: "median 740 ms",
      isOver: true,
    });
    expect(others.map(({ isOver = false }) => isOver)).toEqual([false, false, false]);
    const slowWriter = { ...live, slo: { timePerOutputTokenMs: 20, target: 0.95 } };
    expect(viewOf(slowWriter).tiles?.map(({ isOver = false }) => isOver)).toEqual([false, true, false, false]);
  });

  it("have a course once four values are there, as wide as the time that it covers", () => {
    const young = (steps: number) => {
      const { stepSeconds, ...series } = live.series;
      const begun = Object.fromEntries(Object.entries(series).map(([name, values]) => [name, values.slice(0, steps)]));
      const tiles = viewOf({ ...live, series: { stepSeconds, ...begun } as PanelData["series"] }).tiles ?? [];
      return tiles.slice(0, 3).map(({ course, caption }) => [course?.line.split(/[ML]/)[1]?.split(" ")[0], caption]);
    };
    expect(young(3).map(([begin]) => begin)).toEqual([undefined, undefined, undefined]);
    expect(young(5)).toEqual([
      ["0", "95 of 100, goal 500 ms"],
      ["0", "all together, 25 s"],
      ["0", "peaks, 25 s"],
    ]);
  });

  it("are awaited while nothing came, and absent while there is nothing to say", () => {
    expect(viewOf(undefined).tiles?.map(({ value }) => value)).toEqual([undefined, undefined, undefined, undefined]);
    expect([viewOf(starting).tiles, viewOf(empty).tiles]).toEqual([undefined, undefined]);
  });

  it("have all that a chat came to in the bar of outcomes", () => {
    expect(viewOf(live).tiles?.[3]?.mix?.map(({ kind, width }) => [kind, width])).toEqual([
      ["answered", "88.9"],
      ["stopped", "5.6"],
      ["refused", "3.7"],
      ["failed", "1.9"],
    ]);
  });
});

describe("the rows", () => {
  it("say what a chat is at, since when, and with how many tokens", () => {
    expect(rowsOf(live)?.underWay.map(({ text, figure, spoken }) => [text, figure, spoken])).toEqual([
      ["writing · 196 tokens", "4.52 s", "the app 3 ms, prompt 420 ms, writing 4.10 s"],
      ["reading the prompt · 1,840 tokens", "970 ms", "the app 10 ms, engine’s line 60 ms, prompt 900 ms"],
      ["in line · place 1", "3.12 s", "in line 3.12 s"],
    ]);
  });

  it("say what became of those that ended", () => {
    expect(rowsOf(live)?.ended.map(({ text, figure, isFailed }) => [text, figure, isFailed])).toEqual([
      ["answered · 240 tokens", "first 97 ms", false],
      ["answered · 41 tokens", "first 62 ms", false],
      ["stopped · 58 tokens", "first 52 ms", false],
      ["context overflow", "no token", true],
      ["refused", "no token", false],
    ]);
  });

  it.each([
    ["Error", "failed"],
    ["HttpError", "failed"],
    ["_OTHER", "failed"],
    [undefined, "failed"],
    ["out_of_memory", "out of memory"],
  ])("name a failure, and not its class: %s", (errorType, text) => {
    const failed = { ...live.chats?.[6], outcome: "failed", errorType };
    expect(rowsOf({ ...live, chats: [failed] } as PanelData)?.ended.map((row) => row.text)).toEqual([text]);
  });

  it("call what is outside of the model the app, and who ended a wait has left the line", () => {
    const chats = [
      { key: "1", phase: "before", ms: { before: 5 } },
      { key: "2", outcome: "left", ms: { line: 5 } },
    ];
    const rows = rowsOf({ ...live, chats } as unknown as PanelData);
    expect([rows?.underWay[0]?.text, rows?.underWay[0]?.spoken]).toEqual(["the app", "the app 5 ms"]);
    expect(rows?.ended[0]?.text).toBe("left the line");
  });

  it.each(["a".repeat(32), "request-a"])("know the reader's own chat by %s", (mine) => {
    expect(rowsOf(live, { mine })?.underWay.map(({ isMine }) => isMine)).toEqual([true, false, false]);
    expect(rowsOf(live, { mine: "" })?.underWay.some(({ isMine }) => isMine)).toBe(false);
  });

  it("lead to the trace, whatever its id is made of", () => {
    const chats = [
      { ...live.chats?.[0], traceId: "a/../b?c" },
      { ...live.chats?.[1], traceId: undefined },
    ];
    const rows = rowsOf({ ...live, chats } as PanelData, { traceUrl: "/traces/{traceId}" });
    expect(rows?.underWay.map(({ href }) => href)).toEqual(["/traces/a%2F..%2Fb%3Fc", undefined]);
  });

  it("are as long as their time: all on one scale", () => {
    const rows = rowsOf(live);
    expect(rows?.fullWidth).toBe("5.30 s");
    expect(rows?.ended[0]?.pieces.at(-1)).toEqual({ kind: "decode", x: "2.4", width: "97.6" });
    const names = ["the app", "in line", "engine’s line", "prompt", "writing", "tool"];
    expect(rows?.phases.map(({ name }) => name)).toEqual(names);
  });

  it("say of a model behind HTTP that it is waited for, since nobody knows when its server begins", () => {
    const { queue: _, ...ms } = live.chats![0]!.ms;
    const [going, ended] = [
      { phase: "prompt", outcome: undefined },
      { phase: undefined, outcome: "answered" },
    ];
    const chats = [going, ended].map((at) => ({ ...live.chats?.[0], ...at, ms: { ...ms, prompt: 212 } }));
    const rows = rowsOf({ ...live, chats } as unknown as PanelData);
    expect(rows?.underWay[0]?.text).toBe("waits for its first token");
    expect(rows?.ended[0]?.spoken).toContain("until the first token 212 ms");
    expect(rows?.phases).toContainEqual({ phase: "prompt", name: "until the first token" });
  });

  it("are at most four under way, the reader's own beside them, and say how many there are more", () => {
    const chats = Array.from({ length: 30 }, (_, at) => ({ ...live.chats?.[0], key: `${at}`, requestId: `r${at}` }));
    const rows = rowsOf({ ...live, chats, underWay: 250 } as PanelData, { mine: "r20" });
    expect(rows?.underWay.map(({ key }) => key)).toEqual(["0", "1", "2", "3", "20"]);
    expect(rows?.hidden).toBe(245);
  });

  it("have phases and times alone for strangers, and none where there is no list", () => {
    const rows = rowsOf(strangers, { traceUrl: "/traces/{traceId}" });
    expect(rows?.underWay.map(({ text, href }) => [text, href])).toEqual([
      ["writing", undefined],
      ["reading the prompt", undefined],
      ["in line", undefined],
    ]);
    expect(rows?.ended.map(({ text }) => text)).toEqual(["answered", "answered", "stopped", "failed", "refused"]);
    expect(rowsOf(withoutChats)).toBeUndefined();
  });
});

describe("the rest", () => {
  it("says what goes on now, and in the compact view the same", () => {
    expect(viewOf(live).now).toEqual({ text: "2 answering, 93.4 tokens/s together", isNobody: false });
    expect(viewOf(idle).now).toEqual({ text: "Nobody is being answered.", isNobody: true });
    expect(viewOf(live).line.map(({ value, name }) => `${value} ${name}`)).toEqual([
      "2 answering",
      "1 in line",
      "124 ms median first token",
      "93.4 tokens/s",
      "1 failed",
    ]);
    expect(viewOf(idle).line.map(({ value, name }) => `${value} ${name}`)).toEqual(["0 answering"]);
  });

  it("has in the compact view, too, the figure that is over the objective", () => {
    const first = viewOf(slow).line.find(({ name }) => name.includes("first token"));
    expect(first).toEqual({ value: "3.90 s", name: "first token for 95 of 100", isBad: true });
  });

  it("has no rate of chats that have written for less than a second", () => {
    const writesFor = (...all: number[]) => ({
      ...live,
      chats: all.map((decode, at) => ({ ...live.chats?.[0], key: `${at}`, ms: { ...live.chats?.[0]?.ms, decode } })),
    });
    const textOf = (data: unknown) => {
      const { now, line } = viewOf(data as PanelData);
      return [now?.text, line.some(({ name }) => name === "tokens/s")];
    };
    expect(textOf(writesFor(40, 999))).toEqual(["2 answering", false]);
    expect(textOf(writesFor(40, 1000))).toEqual(["2 answering, 93.4 tokens/s together", true]);
    expect(textOf(withoutChats)).toEqual(["2 answering, 93.4 tokens/s together", true]);
  });

  it("has the context's tokens of how many, where one sequence has all of them", () => {
    const [model] = live.models;
    const textOf = (more: object) =>
      viewOf({ ...live, models: [{ ...model, ...more }] } as PanelData).contexts[0]?.text;
    expect(textOf({ kvCacheUsageRatio: 711 / 4096 })).toBe("711 of 4,096 tokens");
    expect(textOf({ kvCacheUsageRatio: 710 / 4096 })).toBe("fullest sequence 17 %, 711 tokens in all");
    expect(textOf({ kvCacheUsageRatio: 711 / 4096, contextSize: undefined })).toBe(
      "fullest sequence 17 %, 711 tokens in all",
    );
  });

  it("has each model's context, and its constants", () => {
    expect(viewOf(live).facts).toEqual([
      ["F16", "34 MiB", "context 4,096", "CPU", "1 thread", "loaded in 412 ms", "up 2 h"],
    ]);
    expect(viewOf(strangers).contexts.map(({ name, text }) => [name, text])).toEqual([
      ["tiny-chat", "fullest sequence 14 %, 711 tokens in all"],
      ["llama-3.1-8b-instruct-q4_k_m", "fullest sequence 93 %, 15,200 tokens in all"],
    ]);
    expect(viewOf(strangers).facts.map(([first]) => first)).toEqual([
      "tiny-chat",
      "llama-3.1-8b-instruct-q4_k_m",
      "up 2 h",
    ]);
  });

  it("says which processes are not in the figures", () => {
    expect(viewOf(strangers).notes).toEqual([
      "1 of 4 processes did not answer: what goes on there is not in these figures.",
    ]);
    expect(viewOf(live).notes).toEqual([]);
  });
});
