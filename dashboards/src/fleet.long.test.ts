import { describeWithTool, type RunningPrometheus, startPrometheus } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { largeFleet } from "./test-support/large-fleet.ts";
import { type PanelQuery, queriesOf } from "./test-support/queries.ts";

const processes = 1000;

interface Answer {
  readonly status: string;
  readonly error?: string;
  readonly data: { readonly result: readonly unknown[] };
}

describeWithTool("prometheus", "the board of a fleet of a thousand processes", () => {
  let prometheus: RunningPrometheus;

  beforeAll(async () => {
    prometheus = await startPrometheus({ targets: [], history: largeFleet(processes) });
  });
  afterAll(async () => {
    await prometheus?.close();
  });

  /** As Grafana asks: tiles and tables for now, the others for the visible time. */
  async function ask({ promql, instant }: PanelQuery): Promise<Answer> {
    const now = Date.now() / 1000;
    const times = instant ? { time: `${now}` } : { start: `${now - 540}`, end: `${now}`, step: "30" };
    const parameters = new URLSearchParams({ query: promql, ...times });
    const answer = await fetch(`${prometheus.url}/api/v1/query${instant ? "" : "_range"}?${parameters}`);
    return (await answer.json()) as Answer;
  }

  const queries = queriesOf("aiwatch-fleet", { job: "genai-app", rateInterval: "2m", range: "9m" });
  const linesIn = { timeseries: 20, heatmap: 14, stat: 1, table: processes } as const;

  it.each(queries)("$panel $refId has no more series than can be drawn", async (query) => {
    const { status, error, data } = await ask(query);
    expect(error).toBeUndefined();
    expect(status).toBe("success");
    const most = linesIn[query.panelType as keyof typeof linesIn];
    expect(data.result.length).toBeLessThanOrEqual(most);
  });

  it.each([
    ["Busiest processes", 10],
    ["Slowest event loops", 10],
    ["Largest memory", 10],
    ["Fullest KV caches", 10],
    ["Active inferences over processes", 9],
    ["Every process", processes],
  ])("%s has %d of them", async (title, count) => {
    const query = queries.find(({ panel }) => panel === title);
    const { data } = await ask(query as PanelQuery);
    expect(data.result).toHaveLength(count);
  });
});
