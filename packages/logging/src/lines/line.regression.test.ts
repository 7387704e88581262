import { describe, expect, it } from "vitest";
import { logTo } from "../log-to.ts";
import { inferenceRecord, requestRecord } from "../test-support/records.ts";

const hostile = 'x\n{"level":"fatal","msg":"forged"}\u001b[31m\u202e\u200b';

/** Every text of a record, as a host could have set it that heeds no types. */
function allHostile<Rec extends object>(record: Rec): Rec {
  const changed = Object.entries(record).map(([name, value]) => {
    if (typeof value === "string") return [name, hostile];
    return [name, name === "finishReason" ? { unified: hostile, raw: hostile } : value];
  });
  return { ...Object.fromEntries(changed), failure: { type: hostile } };
}

describe("no text of a record reaches a line as it came", () => {
  const toolRecord = { model: "tiny", tool: "add", outcome: "ok", durationMs: 1, slo: "good" };
  it.each([
    ["requestEnded", requestRecord],
    ["inferenceEnded", { ...inferenceRecord, slo: "good" }],
    ["toolEnded", { ...toolRecord, traceId: "0", spanId: "1", requestId: "r" }],
  ] as const)("%s", (event, record) => {
    const written: unknown[][] = [];
    const keep = (...line: unknown[]) => void written.push(line);
    const observer = logTo({ debug: keep, info: keep, error: keep });
    observer[event]?.(allHostile(record) as never);
    const texts = written
      .flat()
      .flatMap((part) => (typeof part === "object" && part !== null ? Object.values(part) : [part]));
    expect(written).toHaveLength(1);
    for (const text of texts) expect(String(text)).not.toMatch(/\p{Cc}|\u202e|\u200b/u);
  });
});
