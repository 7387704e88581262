import { expect } from "vitest";
import type { TestAiwatch } from "../../testing/index.ts";

/** That calls were reported, each as what it was and with its metric's name, counted, and nothing else was. */
export async function expectRefusals(
  { diagnostics, sample }: Pick<TestAiwatch, "diagnostics" | "sample">,
  metric: string,
  reasons: readonly string[],
): Promise<void> {
  expect(diagnostics).toMatchObject(
    reasons.map((how) => ({
      source: "registry",
      what: `recording ${metric} ${how}`,
      error: {
        code: "AIWATCH_INVALID_ARGUMENT",
        message: expect.stringContaining(`${metric} was recorded ${how}; its `),
      },
    })),
  );
  expect(await sample("genai_app_telemetry_errors_total", { source: "registry" })).toBe(reasons.length);
}
