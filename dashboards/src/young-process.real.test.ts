import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { catalogue, createAiwatch } from "@aiwatch/core";
import { aiwatchNode } from "@aiwatch/core/node";
import { describeWithTool, promtool, type RunningPrometheus, startPrometheus } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { growth, secondsOf } from "./promql/newborn-series.ts";
import { rulesFile } from "./rules/index.ts";
import { valuesOf } from "./test-support/live-demo.ts";
import { dashboardNames, queriesOf } from "./test-support/queries.ts";
import { evaluateAt } from "./test-support/rule-files.ts";
import type { InputSeries } from "./test-support/series.ts";
import type { VariableValues } from "./test-support/substitute.ts";

const queriesWith = (values: VariableValues) => {
  const queries = dashboardNames.flatMap((name) => queriesOf(name, { job: "genai-app", ...values }));
  return (title: string, refId = "A"): string => {
    const found = queries.find(({ panel, refId: id }) => panel === title && id === refId);
    if (found === undefined) throw new Error(`no panel has the name ${title}`);
    return found.promql;
  };
};

/** By label values, in their order. */
type Truth = Readonly<Record<string, number>>;

/** What panels have to say of requests that all came between two scrapes. */
interface Case {
  readonly panel: string;
  readonly refId?: string;
  /** Whose values the truth is by. @default none: one number */
  readonly by?: readonly string[];
  readonly truth: Truth;
  /** Of what is per second, the seconds that it looks back. @default it is no rate */
  readonly over?: number;
}

const job = 'job="genai-app", instance="app:8080"';
const request = (endpoint: string, status: string, values: string): InputSeries => ({
  series: `genai_app_http_requests_total{${job}, method="POST", endpoint="${endpoint}", status="${status}"}`,
  values,
});
const ended = (outcome: string, values: string): InputSeries => ({
  series: `genai_app_request_outcomes_total{${job}, outcome="${outcome}"}`,
  values,
});

/** A scrape each 5 s. The process is there from the first one on; a minute later it had eleven requests, of which two failed. */
const before = 12;
const after = 24;
const burst = (count: number) => `_x${before} ${count}x${after}`;
const atOnce: readonly InputSeries[] = [
  { series: `genai_app_active_requests{${job}}`, values: `0x${before + after}` },
  { series: `up{${job}}`, values: `1x${before + after}` },
  request("/metrics", "200", `1+1x${before + after}`),
  request("/chat", "200", burst(3)),
  request("/chat", "201", burst(1)),
  request("/chat", "499", burst(2)),
  request("/chat", "503", burst(1)),
  request("/files", "204", burst(1)),
  request("/files", "404", burst(2)),
  request("/files", "500", burst(1)),
  ended("ok", `0x${before - 1} 5x${after}`),
  ended("client_error", `0x${before - 1} 2x${after}`),
  ended("left", `0x${before - 1} 2x${after}`),
  ended("failed", `0x${before - 1} 2x${after}`),
  {
    series: `genai_app_errors_total{${job}, type="unavailable", operation="http"}`,
    values: `0x${before - 1} 1x${after}`,
  },
  { series: `genai_app_errors_total{${job}, type="internal", operation="http"}`, values: `0x${before - 1} 1x${after}` },
  { series: `genai_app_errors_total{${job}, type="QuotaError", operation="inference"}`, values: burst(4) },
];
const statuses = { "200": 3, "201": 1, "204": 1, "404": 2, "499": 2, "500": 1, "503": 1 };
const byStatus = {
  "/chat 200": 3,
  "/chat 201": 1,
  "/chat 499": 2,
  "/chat 503": 1,
  "/files 204": 1,
  "/files 404": 2,
  "/files 500": 1,
};

const cases: readonly Case[] = [
  { panel: "Error ratio", truth: { "": 2 / 11 } },
  { panel: "Went away", truth: { "": 2 / 11 } },
  { panel: "Requests/s", truth: { "": 11 }, over: 300 },
  { panel: "Requests by status", by: ["status"], truth: statuses, over: 60 },
  { panel: "API requests", by: ["endpoint", "status"], truth: byStatus, over: 60 },
  { panel: "API request counts", by: ["endpoint", "status"], truth: byStatus },
  { panel: "Requests by endpoint", by: ["endpoint"], truth: { "/chat": 7, "/files": 4 }, over: 60 },
  { panel: "Failing endpoints", by: ["endpoint"], truth: { "/chat": 1 / 7, "/files": 1 / 4 } },
  { panel: "Callers who went away", by: ["endpoint"], truth: { "/chat": 2 / 7 } },
  { panel: "Endpoints", refId: "A", by: ["endpoint"], truth: { "/chat": 7, "/files": 4 }, over: 300 },
  { panel: "Endpoints", refId: "B", by: ["endpoint"], truth: { "/chat": 7, "/files": 4 } },
  { panel: "Endpoints", refId: "C", by: ["endpoint"], truth: { "/chat": 1 / 7, "/files": 1 / 4 } },
  { panel: "Endpoints", refId: "D", by: ["endpoint"], truth: { "/chat": 2 / 7 } },
];

const labelsOf = (by: readonly string[], key: string) =>
  `{${by.map((label, index) => `${label}="${key.split(" ")[index]}"`).join(", ")}}`;

describeWithTool("prometheus", "requests that all came between two scrapes of a young process", () => {
  const query = queriesWith({ instance: "app:8080", rateInterval: "1m", range: "15m" });

  it.each(cases.map((each) => [`${each.panel} ${each.refId ?? ""}`, each] as const))("%s", async (_, each) => {
    const { panel, refId, by = [], truth, over } = each;
    const expr = `round((${query(panel, refId)}) * ${over ?? 1}, 0.0001)`;
    const samples = Object.entries(truth).map(([key, value]) => ({
      labels: labelsOf(key === "" ? [] : by, key),
      value: Math.round(value * 10_000) / 10_000,
    }));
    const judged = await evaluateAt(promtool, "1m30s", expr, atOnce, samples);
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });
});

interface Life {
  readonly says: string;
  /** The process's scrapes, and one of its series. */
  readonly scrapes: string;
  readonly series: string;
  readonly at: string;
  readonly grew: number;
}

/** What a series says over a minute, scraped each 5 s. */
const lives: readonly Life[] = [
  {
    says: "born with four, and three more came: seven",
    scrapes: "0x60",
    series: "_x12 4x3 7x40",
    at: "1m30s",
    grew: 7,
  },
  {
    says: "born between the window's begin and its first sample: it came within the window",
    scrapes: "0x60",
    series: "_x12 4x40",
    at: "1m58s",
    grew: 4,
  },
  { says: "a minute later it is over", scrapes: "0x60", series: "_x12 4x40", at: "2m3s", grew: 0 },
  {
    says: "there at the first scrape of its process, or of a new Prometheus: nobody knows when that was",
    scrapes: "_x12 0x40",
    series: "_x12 9999x40",
    at: "1m30s",
    grew: 0,
  },
  {
    says: "back after an outage of its process: nothing came",
    scrapes: "0x5 stale _x9 0x40",
    series: "7x5 stale _x9 7x40",
    at: "2m",
    grew: 0,
  },
  {
    says: "of a process that began anew, at the second scrape of its life: what the new life counted",
    scrapes: "0x60",
    series: "9x11 stale _x2 3x40",
    at: "1m30s",
    grew: 3,
  },
  {
    says: "born, and gone with its process: it was there",
    scrapes: "0x14 stale",
    series: "_x12 4x2 stale",
    at: "1m40s",
    grew: 4,
  },
  {
    says: "born, and born again with a process that began anew: as much as its second life has, at least",
    scrapes: "0x60",
    series: "_x12 4x2 stale 1x40",
    at: "1m30s",
    grew: 1,
  },
];

describeWithTool("prometheus", "the growth of a series that begins with its first event", () => {
  const { promql } = growth(catalogue.httpRequests, { scope: {}, window: "1m" });

  it.each(lives.map((each) => [each.says, each] as const))("%s", async (_, { scrapes, series, at, grew }) => {
    const process = [{ series: `genai_app_active_requests{${job}}`, values: scrapes }, request("/a", "503", series)];
    const judged = await evaluateAt(promtool, at, `round(sum(${promql}))`, process, [{ labels: "{}", value: grew }]);
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });

  it("is the increase where a series is old, and a window's seconds are what its name says", async () => {
    const old = request("/a", "200", "5+1x60");
    const same = `${promql} == increase(genai_app_http_requests_total[1m])`;
    const series = [{ series: `genai_app_active_requests{${job}}`, values: "0x60" }, old];
    const judged = await evaluateAt(promtool, "3m2s", `count(${same})`, series, [{ labels: "{}", value: 1 }]);
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
    for (const [window, seconds] of Object.entries({ "20s": 20, "35s": 35, "1m": 60, "1h": 3600 })) {
      const expr = `round(vector(${secondsOf(window)}), 0.001)`;
      const measured = await evaluateAt(promtool, "90m3s", expr, [], [{ labels: "{}", value: seconds }]);
      expect(measured, measured.stdout + measured.stderr).toMatchObject({ code: 0 });
    }
  });
});

/** Twenty-four requests, of which four were refused with 503 and four left. */
const live: Readonly<Record<string, number>> = { "200": 14, "400": 1, "404": 1, "499": 4, "503": 4 };

describeWithTool("prometheus", "a live process that is seconds old, on a live Prometheus", () => {
  let server: Server;
  let prometheus: RunningPrometheus;
  let query: ReturnType<typeof queriesWith>;

  beforeAll(async () => {
    const aiwatch = createAiwatch({ service: "young" });
    const listener = aiwatchNode(
      (req, res) => {
        const status = Number(req.url?.split("/").at(-1));
        // who is never answered goes away
        if (status !== 499) res.writeHead(status).end();
      },
      aiwatch,
      { routeOf: () => "/chat" },
    );
    server = createServer(listener).listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
    const targets = [host];
    prometheus = await startPrometheus({
      targets,
      jobName: "genai-app",
      scrapeIntervalMs: 1000,
      ruleFiles: [rulesFile],
    });
    query = queriesWith({ instance: host, rateInterval: "1m", range: "15m" });
    await prometheus.queryUntil("count_over_time(genai_app_active_requests[1m]) >= 2");
    const all = Object.entries(live).flatMap(([status, count]) => Array.from({ length: count }, () => status));
    await Promise.all(all.map((status) => send(`http://${host}/chat/${status}`, status === "499")));
    await prometheus.queryUntil("sum(genai_app_request_outcomes_total) == 24");
    // a rate has two samples
    await prometheus.queryUntil('count_over_time(genai_app_http_requests_total{status="503"}[1m]) >= 2');
  });
  afterAll(async () => {
    await prometheus?.close();
    server?.closeAllConnections();
    server?.close();
  });

  async function send(url: string, leaves: boolean): Promise<void> {
    const answer = fetch(url, { method: "POST", ...(leaves && { signal: AbortSignal.timeout(50) }) });
    await (leaves ? answer.catch(() => undefined) : answer);
  }

  const shares: [panel: string, share: number][] = [
    ["Error ratio", 4 / 24],
    ["Went away", 4 / 24],
    ["Failing endpoints", 4 / 24],
    ["Callers who went away", 4 / 24],
  ];

  it.each(shares)("%s", async (panel, share) => {
    const [value = Number.NaN] = await valuesOf(prometheus, query(panel));
    expect(value).toBeCloseTo(share, 6);
  });

  it.each([
    ["Requests by status", "status", 60],
    ["API request counts", "status", 1],
  ])("%s has each status as often as it came", async (panel, label, over) => {
    const { result } = await prometheus.query(`sum by (${label}) (${query(panel)}) * ${over}`);
    const shown = Object.fromEntries(
      (result as { metric: Record<string, string>; value: [number, string] }[]).map(({ metric, value }) => [
        metric[label],
        Math.round(Number(value[1]) * 1000) / 1000,
      ]),
    );
    expect(shown).toEqual(live);
  });
});
