import { describeWithTool, promtool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { rulesFile, rulesFor } from "./index.ts";
import { availabilityCases } from "./test-support/cases/availability-cases.ts";
import { inTwoNamespaces } from "./test-support/cases/case.ts";
import { engineCases } from "./test-support/cases/engine-cases.ts";
import { mostWaitCases } from "./test-support/cases/most-wait-cases.ts";
import { longCases, sloCases } from "./test-support/cases/slo-cases.ts";
import { telemetryCases } from "./test-support/cases/telemetry-cases.ts";
import { waitingCases } from "./test-support/cases/waiting-cases.ts";
import { judge } from "./test-support/judge.ts";

const cases = [...sloCases, ...mostWaitCases, ...availabilityCases, ...waitingCases, ...engineCases, ...telemetryCases];

describeWithTool("prometheus", "Prometheus judges the rules", () => {
  it("valid, as they are committed", async () => {
    const { code, stdout, stderr } = await promtool(["check", "rules", rulesFile]);
    expect(code, stderr).toBe(0);
    expect(stdout).toContain(`SUCCESS: ${rulesFor().flatMap(({ rules }) => rules).length} rules found`);
  });

  it.each(cases)("$alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });

  const ofJobs = cases.filter(({ fires = [] }) => fires.some(({ of }) => of.some((labels) => "job" in labels)));
  it.each(ofJobs.filter(({ by }) => by === undefined).map(inTwoNamespaces))(
    "$alert, in two namespaces: $name",
    async (one) => {
      const { code, stdout, stderr } = await judge(one);
      expect(code, stdout + stderr).toBe(0);
    },
  );

  it("a case that does not hold not to hold: the tests above can fail", async () => {
    const [one] = availabilityCases;
    const wrong = { ...one!, fires: [{ at: "12m", of: [{ job: "other" }] }] };
    expect(await judge(wrong)).toMatchObject({ code: 1, stderr: expect.stringContaining('job="chat"') });
  });

  it("every alert, on both sides of its threshold", () => {
    const alerts = rulesFor().flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule.alert] : [])));
    const fires = [...cases, ...longCases].filter((one) => one.fires?.some(({ of }) => of.length > 0));
    expect([...new Set(fires.map(({ alert }) => alert))].toSorted()).toEqual(alerts.toSorted());
  });
});
