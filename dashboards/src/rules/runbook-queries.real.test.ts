import { describeWithTool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import type { Case } from "./test-support/cases/case.ts";
import { judge } from "./test-support/judge.ts";
import { runbookQueries } from "./test-support/runbook-queries.ts";

const chat = (namespace: string, instance: string) => `{namespace="${namespace}", job="chat", instance="${instance}"}`;

/** A process that is up all the time, or ends at ten minutes. */
const processOf = (namespace: string, instance: string, samples = "1x60") => ({
  [`up${chat(namespace, instance)}`]: samples,
  [`genai_app_active_requests${chat(namespace, instance)}`]: samples,
});
const untilTen = "1x10 stale";

const [gone = ""] = runbookQueries("AIWatchJobGone");
const [left = ""] = runbookQueries("AIWatchJobDegraded");
const [down = ""] = runbookQueries("AIWatchTargetDown");

const cases: readonly Case[] = [
  {
    name: "a job that is gone in one namespace and runs in another",
    alert: "AIWatchJobGone",
    by: ["namespace"],
    series: { ...processOf("prod", "a", untilTen), ...processOf("prod", "b", untilTen), ...processOf("staging", "c") },
    fires: [{ at: "25m", of: [{ namespace: "prod", job: "chat" }] }],
    values: [
      { promql: gone, at: "9m", are: {} },
      { promql: gone, at: "25m", are: { '{namespace="prod", job="chat"}': 1 } },
    ],
  },
  {
    name: "the same by rules that keep no label, of which the other one is a job of another name",
    alert: "AIWatchJobGone",
    series: {
      'up{job="chat", instance="a"}': untilTen,
      'genai_app_active_requests{job="chat", instance="a"}': untilTen,
      'up{job="other", instance="c"}': "1x60",
      'genai_app_active_requests{job="other", instance="c"}': "1x60",
    },
    fires: [{ at: "25m", of: [{ job: "chat" }] }],
    values: [{ promql: gone, at: "25m", are: { '{job="chat"}': 1 } }],
  },
  {
    name: "processes that are down in one namespace, and other programs in its job",
    alert: "AIWatchTargetDown",
    by: ["namespace"],
    series: {
      ...processOf("prod", "a"),
      ...processOf("staging", "c"),
      [`up${chat("prod", "b")}`]: "1x10 0x50",
      [`genai_app_active_requests${chat("prod", "b")}`]: untilTen,
      [`up${chat("prod", "redis")}`]: "1x10 0x50",
    },
    fires: [{ at: "25m", of: [{ namespace: "prod", job: "chat", instance: "b" }] }],
    values: [
      { promql: down, at: "25m", are: { [`up${chat("prod", "b")}`]: 0 } },
      {
        promql: left,
        at: "25m",
        are: { '{namespace="prod", job="chat"}': 1, '{namespace="staging", job="chat"}': 1 },
      },
    ],
  },
];

describeWithTool("prometheus", "a runbook's query names what its alert does", () => {
  it.each(cases)("$alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });
});
