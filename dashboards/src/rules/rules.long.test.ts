import { describeWithTool } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { longCases } from "./test-support/cases/slo-cases.ts";
import { judge } from "./test-support/judge.ts";

describeWithTool("prometheus", "Prometheus judges the rules over days", () => {
  it.each(longCases)("$alert: $name", async (one) => {
    const { code, stdout, stderr } = await judge(one);
    expect(code, stdout + stderr).toBe(0);
  });
});
