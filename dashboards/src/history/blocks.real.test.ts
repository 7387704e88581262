import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWithTool } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { alertsAt } from "../pictures/alerts.ts";
import { type HttpApi, httpApi } from "../pictures/http-api.ts";
import { type PicturePrometheus, servePrometheus } from "../pictures/prometheus.ts";
import { makeBlocks } from "./blocks.ts";
import { type FleetPlan, fleetOf } from "./fleet.ts";
import { addRecordedSeries } from "./recorded.ts";

describeWithTool("prometheus", "a made history, served by a real Prometheus", () => {
  const to = Math.floor(Date.now() / 60_000) * 60;
  const plan: FleetPlan = { processes: 4, models: 2, from: to - 4 * 3600, to, step: 60 };
  // more than the 5,000 samples after which promtool looks at their order
  const whileUp = "genai_app_model_latency_seconds_bucket and on (instance) up == 1";
  const rules = [
    { record: "test:twice", expr: "test:processes * 2" },
    { record: "test:processes", expr: "count(up)" },
    { record: "test:kept", expr: `max by (instance, le) (${whileUp}) or last_over_time(test:kept[1h])` },
    { alert: "Up", expr: "up == 1", for: "120s", labels: { severity: "none" } },
    { alert: "JustBegun", expr: `vector(time()) >= ${to - 60}`, for: "120s" },
    { alert: "Down", expr: "up == 0" },
  ];
  let data: string;
  let prometheus: PicturePrometheus;
  let api: HttpApi;
  let samples: number;

  beforeAll(async () => {
    data = await mkdtemp(join(tmpdir(), "aiwatch-history-test-"));
    samples = (await makeBlocks(plan, data)).samples;
    const file = join(data, "rules.json");
    await writeFile(file, JSON.stringify({ groups: [{ name: "test", rules }] }));
    await addRecordedSeries(data, plan, [file]);
    prometheus = await servePrometheus({ scrape: 60, data, rules: [file] });
    api = httpApi(prometheus.url);
  });
  afterAll(async () => {
    await prometheus?.close();
    await rm(data, { recursive: true, force: true });
  });

  const value = async (promql: string, time = to) => Number((await api.instant(promql, time))[0]?.samples[0]?.[1]);

  it("has every process at every scrape, and all that was written", async () => {
    const scrapes = (to - plan.from) / plan.step + 1;
    expect(await value(`sum(count_over_time(up[${to - plan.from + 60}s]))`)).toBe(4 * scrapes);
    expect(samples).toBeGreaterThan(4 * scrapes * 300);
    expect(await value('count({job="genai-app"})')).toBeGreaterThan(4 * 300);
  });

  it("is busiest in its hour of overload, where readers wait, and some are refused", async () => {
    const of = `{instance="${fleetOf(plan)[3]?.instance}"`;
    const wait = `histogram_quantile(0.95, sum by (le) (rate(genai_app_request_first_token_seconds_bucket${of}}[10m])))`;
    const refused = `sum(rate(genai_app_admissions_total${of}, outcome="refused"}[10m]))`;
    const crowded = plan.from + 0.72 * (to - plan.from);
    const calm = plan.from + 0.5 * (to - plan.from);
    expect(await value(wait, crowded)).toBeGreaterThan(5 * (await value(wait, calm)));
    expect(await value(refused, crowded)).toBeGreaterThan(0);
    expect(await value(refused, calm)).toBe(0);
  });

  it("has one slow process, one that begins anew, and a deploy that reaches all", async () => {
    const [usual, slow, unsteady] = fleetOf(plan).map(({ instance }) => instance);
    const gap = (instance = "") => {
      const of = `{instance="${instance}"}[1h]`;
      return `sum(rate(genai_app_inter_token_latency_seconds_sum${of})) / sum(rate(genai_app_inter_token_latency_seconds_count${of}))`;
    };
    const fourth = fleetOf(plan)[3]?.instance;
    expect(await value(gap(slow))).toBeGreaterThan(1.5 * (await value(gap(fourth))));
    const starts = `changes(process_start_time_seconds{instance="${unsteady}"}[4h])`;
    expect(await value(starts)).toBeGreaterThan(10);
    expect(await value(`changes(process_start_time_seconds{instance="${usual}"}[4h])`)).toBe(1);
    expect(await value('count(genai_app_build_info{version="1.5.0"})')).toBe(4);
    expect(await value('count(genai_app_build_info{version="1.4.2"})', plan.from + 600)).toBe(4);
  });

  it("has alerts as they stood at a moment: what held for as long as it has to hold fires", async () => {
    const [up, justBegun, down] = await alertsAt(api, to);
    expect(up).toMatchObject({ name: "Up", state: "firing" });
    expect(up?.alerts).toHaveLength(4);
    expect(up?.alerts[0]?.labels).toMatchObject({ alertname: "Up", severity: "none", job: "genai-app" });
    expect(justBegun).toMatchObject({ state: "pending", alerts: [{ state: "pending" }] });
    expect(down).toMatchObject({ state: "inactive", alerts: [] });
    const deployed = fleetOf(plan)[0]?.deployedAt ?? 0;
    const during = await alertsAt(api, Math.ceil((deployed - plan.from) / 60) * 60 + plan.from);
    expect(during[2]).toMatchObject({ name: "Down", state: "firing" });
  });

  it("has what rules would have recorded, also from what others record, and the alerts that fired", async () => {
    const [early, late] = [plan.from + 600, to - 600];
    for (const time of [early, late]) {
      expect(await value("test:processes", time)).toBe(4);
      expect(await value("test:twice", time)).toBe(8);
      expect(await value('count(ALERTS{alertname="Up", alertstate="firing"})', time)).toBe(4);
    }
    // what takes turns with its own past, which has a name, is one series, without a gap
    const scrapes = (to - plan.from) / plan.step + 1;
    expect(await value(`min(count_over_time(test:kept[${to - plan.from + 60}s]))`)).toBeGreaterThan(scrapes - 5);
    // each process misses a scrape in the deploy
    expect(await value(`count(count by (instance) (count_over_time(ALERTS{alertname="Down"}[4h])))`)).toBe(4);
    // nothing fires before it has held for as long as it has to
    expect(await api.instant('ALERTS{alertname="Up"}', plan.from + 60)).toEqual([]);
  });
});
