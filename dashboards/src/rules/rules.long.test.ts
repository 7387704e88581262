import { describeWithTool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { inTwoNamespaces } from "./test-support/cases/case.ts";
import { ofJobs } from "./test-support/cases/index.ts";
import { longCases } from "./test-support/cases/slo-cases.ts";
import { judge } from "./test-support/judge.ts";

describeWithTool("prometheus", "Prometheus judges the rules", () => {
  it.each([...longCases, ...longCases.map(inTwoNamespaces)])("over days: $alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });

  it.each(ofJobs.map(inTwoNamespaces))("in two namespaces: $alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });
});
