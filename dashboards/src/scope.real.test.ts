import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { dashboardNames, queriesOf } from "./test-support/queries.ts";
import { evaluate, whileBusy } from "./test-support/rule-files.ts";
import type { InputSeries } from "./test-support/series.ts";
import type { VariableValues } from "./test-support/substitute.ts";

const queryOf = (title: string, refId = "A", values: VariableValues = {}) => {
  const found = dashboardNames
    .flatMap((name) => queriesOf(name, values))
    .find((query) => query.panel === title && query.refId === refId);
  if (found === undefined) throw new Error(`no query ${refId} of ${title}`);
  return found.promql;
};

describeWithTool("prometheus", "boards", () => {
  /** Two namespaces with one job, and another program in it; of prod's two processes one is down from the second minute on. */
  const inNamespaces: readonly InputSeries[] = [
    ...["prod", "staging"].flatMap((namespace) => [
      { series: `up{job="chat", namespace="${namespace}", instance="${namespace}-1:1"}`, values: "1x100" },
      {
        series: `genai_app_active_requests{job="chat", namespace="${namespace}", instance="${namespace}-1:1"}`,
        values: "3x100",
      },
    ]),
    { series: 'up{job="chat", namespace="prod", instance="prod-2:1"}', values: "1x24 0x76" },
    { series: 'genai_app_active_requests{job="chat", namespace="prod", instance="prod-2:1"}', values: "3x24 stale" },
    { series: 'up{job="chat", namespace="prod", instance="redis:1"}', values: "1x24 0x76" },
  ];

  it.each([
    [{}, 2, 1, 6],
    [{ namespace: "prod" }, 1, 1, 3],
    [{ namespace: "staging" }, 1, 0, 3],
    [{ namespace: ["prod", "staging"] }, 2, 1, 6],
    [{ namespace: "elsewhere" }, "none", "none", "none"],
    [{ cluster: "eu" }, "none", "none", "none"],
    [{ job: "other" }, "none", "none", "none"],
  ] as const)(
    "show of %j what is in it, and no 0 where nothing is",
    async (chosen, processes, unreachable, requests) => {
      const judged = await evaluate(
        promtool,
        [
          { promql: queryOf("Processes", "A", chosen), at: whileBusy, value: processes },
          { promql: queryOf("Unreachable", "A", chosen), at: whileBusy, value: unreachable },
          { promql: queryOf("Active requests", "A", chosen), at: whileBusy, value: requests },
        ],
        inNamespaces,
      );
      expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
    },
  );

  it("have a line for each of two processes of one address in two namespaces, in each column of a table", async () => {
    const ofProcess = (namespace: string): readonly InputSeries[] => {
      const labels = `job="chat", namespace="${namespace}", pod="${namespace}-7", instance="10.0.0.1:8080"`;
      return [
        { series: `up{${labels}}`, values: "1x100" },
        { series: `genai_app_active_requests{${labels}}`, values: "3x100" },
        { series: `genai_app_build_info{${labels}, version="1", node="24", engine="e"}`, values: "1x100" },
        { series: `genai_app_active_inferences{${labels}, model="m"}`, values: "2x100" },
        { series: `process_resident_memory_bytes{${labels}}`, values: "5x100" },
        { series: `process_start_time_seconds{${labels}}`, values: "1x100" },
        {
          series: `genai_app_http_requests_total{${labels}, method="GET", endpoint="/", status="200"}`,
          values: "0+1x100",
        },
      ];
    };
    const columns = { Up: "A", Build: "B", Active: "C", Memory: "I", Uptime: "J", Restarts: "K" };
    const lines = Object.values(columns).map((refId) => queryOf("Every process", refId));
    // and by no other label of theirs: Grafana would show it, and part their lines by it
    const byPlace = (promql: string) =>
      `count(count without (cluster, namespace, job, instance, version, node) (${promql}))`;
    const judged = await evaluate(
      promtool,
      lines.flatMap((promql) => [
        { promql: `count(${promql})`, at: whileBusy, value: 2 },
        { promql: byPlace(promql), at: whileBusy, value: 1 },
      ]),
      ["prod", "staging"].flatMap(ofProcess),
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });

  it("add up servers beside their processes, and not what several read of one server", async () => {
    const servers = ["a", "b", "c"].flatMap((instance, index) =>
      ["127.0.0.1:8081", "gpu.internal:8081"].flatMap((server) => {
        const labels = `job="chat", instance="${instance}:1", server="${server}"`;
        const isUp = index > 0 || server.startsWith("gpu");
        return [
          { series: `genai_app_model_server_up{${labels}}`, values: isUp ? "1x100" : "0x100" },
          { series: `genai_app_llamacpp_server_output_tokens_total{${labels}, model="m"}`, values: "0+50x100" },
          { series: `genai_app_model_server_slots{${labels}, model="m", state="active"}`, values: "2x100" },
        ];
      }),
    );
    const output = queryOf("Tokens of model servers", "C");
    const slots = queryOf("Slots of model servers");
    const ready = queryOf("Model servers ready");
    const judged = await evaluate(
      promtool,
      [
        { promql: `max(${output})`, at: whileBusy, value: 30 },
        { promql: `min(${output})`, at: whileBusy, value: 10 },
        { promql: `max(${slots})`, at: whileBusy, value: 6 },
        { promql: `min(${slots})`, at: whileBusy, value: 2 },
        { promql: `count(${ready})`, at: whileBusy, value: 2 },
        { promql: `round(min(${ready}), 0.01)`, at: whileBusy, value: 0.67 },
      ],
      servers,
    );
    expect(judged, judged.stdout + judged.stderr).toMatchObject({ code: 0 });
  });
});
