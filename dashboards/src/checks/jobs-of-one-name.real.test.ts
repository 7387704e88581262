import { describeWithTool, type RunningPrometheus, startPrometheus } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, it } from "vitest";
import { historyOf } from "../rules/test-support/history.ts";
import { connectPrometheus } from "../servers/prometheus.ts";
import { cli } from "../test-support/run-cli.ts";
import { jobsOfOneName } from "./jobs-of-one-name.ts";

const showing = (job: string, namespace: string) => `genai_app_active_requests{job="${job}",namespace="${namespace}"}`;
const counted = (labels: string) => `job:genai_app_processes:count{${labels}}`;

describeWithTool("prometheus", "jobs of one name", () => {
  let prometheus: RunningPrometheus;
  beforeAll(async () => {
    const series = [
      ...["prod", "staging"].flatMap((namespace) => [
        showing("chat", namespace),
        showing("kept", namespace),
        counted(`job="kept",namespace="${namespace}"`),
      ]),
      counted('job="chat"'),
      showing("alone", "prod"),
      counted('job="alone"'),
      'genai_app_active_requests{job="plain"}',
      counted('job="plain"'),
    ];
    const history = historyOf(series.map((name) => ({ series: name, hours: 0.1, stepSeconds: 15, valueAt: () => 1 })));
    prometheus = await startPrometheus({ targets: [], history });
  });
  afterAll(() => prometheus?.close());

  it("are told of where the rules take them for one, and nowhere else", async () => {
    expect(await jobsOfOneName(await connectPrometheus({ url: prometheus.url }))).toEqual([
      'job "chat" is in namespace "prod", "staging", and the rules take them for one: make them anew with rules --by namespace',
    ]);
  });

  it("and the command says so", async () => {
    const { err } = await cli("check", "--prometheus", prometheus.url, "--board", "aiwatch-slo");
    expect(err).toMatch(/^hint: job "chat" is in namespace "prod", "staging", .+ rules --by namespace$/m);
  });
});
