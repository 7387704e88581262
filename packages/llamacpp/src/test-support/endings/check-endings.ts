import type { InferenceRecord } from "@aiwatch/core";
import { recordSpans, type SpanRecorder } from "@aiwatch/testkit";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import {
  type Counts,
  countNames,
  type Ending,
  type ExpectedRecord,
  type Outcome,
  type Played,
  promptCounts,
  reason,
  type Truth,
} from "./ending.ts";
import { play } from "./play.ts";
import { callWays } from "./stage.ts";

let spans: SpanRecorder;

/** Plays each row on bare objects and, in each of its ways, on observed ones, and compares. To be called once in a test file. */
export function checkEndings(title: string, endings: readonly Ending[]): void {
  beforeAll(() => {
    spans = recordSpans();
  });
  beforeEach(() => {
    // the engine prints what a callback throws
    const print = vi.spyOn(console, "error").mockImplementation(() => {});
    return () => print.mockRestore();
  });
  afterAll(() => spans.stop());
  describe.each(endings)(`${title}: $name`, (ending) => {
    let bare: Promise<Played> | undefined;
    test.each(ending.ways ?? callWays)("with the %s observed", async (way) => {
      bare ??= play(ending, "bare");
      const { ledgers, outcome: expected } = await bare;
      spans.reset();
      const played = await play(ending, way);
      expectSame(played.outcome, expected);
      expect(played.seen.diagnostics).toEqual([]);
      expect(played.left).toEqual([]);
      expect(played.records).toHaveLength(ending.records.length);
      for (const [index, record] of ending.records.entries()) {
        const truth: Truth = { ...expected, ledger: ledgers[record.ledger ?? (ledgers.length === 1 ? 0 : index)]! };
        expectRecord(played.records[index]!, record, truth, expected);
      }
      expectSpans(played.records, ending.otherSpans);
      await expectMetrics(played, ending);
      await ending.check?.(played, spans.spans());
    });
  });
}

/** The caller saw the same: tokens, results, errors. */
function expectSame(observed: Outcome, bare: Outcome): void {
  const { error, ...seen } = observed;
  const { error: bareError, ...bareSeen } = bare;
  expect(seen).toEqual(bareSeen);
  if (bareError === reason) expect(error).toBe(reason);
  else expect(described(error)).toEqual(described(bareError));
}

function described(error: unknown): unknown {
  return error instanceof Error ? [error.constructor, error.name, error.message] : error;
}

function expectRecord(record: InferenceRecord, expected: ExpectedRecord, truth: Truth, { error }: Outcome): void {
  const { operation = "chat", finishReason, failure, counts } = expected;
  expect(record).toMatchObject({ operation, finishReason });
  expect(record.failure).toEqual(failure === undefined ? undefined : { type: failure });
  const generates = operation === "chat" || operation === "text_completion";
  const { ledger, delivered } = truth;
  const fromLedger: Counts = {
    ...promptCounts(ledger.evaluations),
    ...(generates && ledger.evaluations.length > 0 && { outputTokens: ledger.sampled }),
    ...(generates && { undeliveredTokens: error === undefined ? 0 : ledger.sampled - delivered.length }),
    ...(ledger.shifts > 0 && { contextShifts: ledger.shifts }),
  };
  const seen = Object.fromEntries(countNames.map((name) => [name, record[name]]));
  expect(seen).toEqual({ ...fromLedger, ...counts?.(truth) });
  expectMoments(record, expected.isAtOnce === true);
}

/** A moment is known if, and only if, it came. */
function expectMoments(record: InferenceRecord, isAtOnce: boolean): void {
  const output = record.outputTokens ?? 0;
  expect(record.queueMs !== undefined).toBe(record.promptEvalTokens !== undefined);
  expect(record.firstTokenMs !== undefined).toBe(output > 0);
  expect(record.tokensPerSecond !== undefined).toBe(output > 1 && !isAtOnce);
}

/** One span for each record, and no other but those that are named. */
function expectSpans(records: readonly InferenceRecord[], others: readonly string[] = []): void {
  const ended = spans.spans();
  const inferences = records.map(({ operation, model }) => `${operation} ${model}`);
  expect(ended.map(({ name }) => name).toSorted()).toEqual([...inferences, ...others].toSorted());
  const ids = new Map(ended.map((span) => [span.spanContext().spanId, span]));
  for (const { spanId, operation, model, finishReason } of records) {
    const span = ids.get(spanId!);
    expect(span?.name).toBe(`${operation} ${model}`);
    expect(span?.attributes["aiwatch.finish_reason"]).toBe(finishReason.unified);
  }
}

/** What failed is counted as an error, once, and nothing is still said to run. */
async function expectMetrics({ records, seen }: Played, { variant = "chat" }: Ending): Promise<void> {
  for (const gauge of ["active", "queued"]) {
    expect((await seen.sample(`genai_app_${gauge}_inferences`, { model: `tiny-${variant}` })) ?? 0, gauge).toBe(0);
  }
  for (const { failure } of records) {
    if (failure === undefined) continue;
    expect(await seen.sample("genai_app_errors_total", { operation: "inference", type: failure.type })).toBe(1);
  }
}
