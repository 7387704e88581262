import { beforeAll, describe, expect, it } from "vitest";
import { agreementOf, pairsOf, quantileOf, reportOf } from "./agreement.ts";
import { type Drive, type Played, play } from "./played.ts";

/** What is exact is asserted. The times of two clocks are a report: a machine with other things to do makes them differ. */
export function describeReaders(drive: Drive): void {
  const { seconds, readers, guests } = drive;
  describe(`${readers} readers on two sequences for ${seconds} s, and ${guests} guests a second`, () => {
    let played: Played;
    beforeAll(async () => {
      played = await play(drive);
    });
    describeCounts(() => played);
    describeSummary(() => played);
    describeFirstTokens(() => played);
  });
}

/** What became of those that had their turn. */
const admitted = ["answered", "aborted", "failed", "cut"] as const;

function describeCounts(played: () => Played): void {
  it("the ends of all waits in the line are counted as they were, and nobody waits any more", () => {
    const app = played();
    expect(app.counted("genai_app_admissions_total", "outcome", { queue: "sequences" })).toEqual({
      admitted: app.having(...admitted),
      refused: app.having("refused"),
      left: app.having("left"),
    });
    expect(app.metrics.value("genai_app_admission_waiting", { queue: "sequences" })).toBe(0);
    expect(app.metrics.value("genai_app_admission_wait_seconds_count")).toBe(app.having(...admitted));
  });

  it("requests, inferences and errors are counted as they were, and nothing goes on", () => {
    const app = played();
    expect(app.counted("genai_app_http_requests_total", "status", { endpoint: "/chat" })).toEqual({
      200: app.having("answered", "cut"),
      500: app.having("failed"),
      499: app.having("left", "aborted"),
      503: app.having("refused"),
    });
    expect(app.counted("genai_app_inferences_total", "finish_reason")).toEqual({
      stop: app.having("answered"),
      aborted: app.having("aborted"),
      error: app.having("failed", "cut"),
    });
    const errors = (operation: string) => app.counted("genai_app_errors_total", "type", { operation });
    expect(errors("http")).toEqual({
      unavailable: app.having("refused"),
      internal: app.having("failed"),
      stream_failed: app.having("cut"),
    });
    expect(errors("inference")).toEqual({ engine_error: app.having("failed", "cut") });
    expect(app.counted("genai_app_telemetry_errors_total", "source")).toEqual({});
    for (const gauge of ["active_requests", "active_inferences", "queued_inferences"])
      expect(app.metrics.value(`genai_app_${gauge}`), gauge).toBe(0);
  });

  it("the log has each question once, with the end that its reader saw", () => {
    const { visits, lines } = played();
    const status = { answered: 200, refused: 503, left: 499, aborted: 499, failed: 500, cut: 200 };
    const seen = visits.map(({ id, fate, firstTextMs }) => `${id} ${status[fate]} ${firstTextMs !== undefined}`);
    const said = lines.map((line) => `${line.requestId} ${line.status} ${line.requestFirstTokenMs !== undefined}`);
    expect(said.toSorted()).toEqual(seen.toSorted());
  });
}

function describeSummary(played: () => Played): void {
  it("the summary has the same chats, and as its rate of errors the refused and the failed ones over all", () => {
    const { visits, summary, outcomes } = played();
    expect(Math.min(...Object.values(outcomes))).toBeGreaterThan(0);
    expect(summary.totals).toEqual({ chats: visits.length, ...outcomes });
    const errorRate = (outcomes.refused + outcomes.failed) / visits.length;
    expect(summary.window).toMatchObject({ chats: visits.length, ...outcomes, errorRate });
    // that of the requests: no other one was asked but of our own routes
    expect(summary).toMatchObject({ totalRequests: visits.length, errorRate });
    expect(summary.now).toMatchObject({ chats: 0, active: 0, queued: 0, inLine: 0 });
  });

  it("the window's quantiles are within the 2 % that are promised", () => {
    const { firstTokens, summary } = played();
    const { p50, p95 } = summary.window.firstTokenMs;
    const ours = [...firstTokens.values()];
    const exact = [quantileOf(ours, 0.5), quantileOf(ours, 0.95)] as const;
    // a chat's token is timed by itself, a little after that of its request
    expect(p50).toBeGreaterThan(0.98 * exact[0] - 1);
    expect(p50).toBeLessThan(1.02 * exact[0] + 1);
    expect(p95).toBeGreaterThan(0.98 * exact[1] - 1);
    expect(p95).toBeLessThan(1.02 * exact[1] + 1);
  });
}

function describeFirstTokens(played: () => Played): void {
  it("each first token that a reader saw is in the histogram, in its bucket and in the sum", () => {
    const { begun, firstTokens, metrics } = played();
    const name = "genai_app_request_first_token_seconds";
    expect(metrics.value(`${name}_count`)).toBe(begun);
    expect(played().counted("genai_app_first_token_waits_total", "outcome")).toEqual({
      got: begun,
      failed: played().having("failed"),
    });
    const ours = [...firstTokens.values()];
    // a line is rounded to a thousandth of a millisecond
    const roundingMs = 0.0005;
    const sumMs = ours.reduce((sum, ms) => sum + ms, 0);
    const shownMs = (metrics.value(`${name}_sum`) ?? Number.NaN) * 1000;
    expect(Math.abs(shownMs - sumMs)).toBeLessThan(roundingMs * ours.length + 1e-6);
    for (const le of metrics.labelValues(`${name}_bucket`, "le")) {
      const boundMs = le === "+Inf" ? Number.POSITIVE_INFINITY : Number(le) * 1000;
      const shown = metrics.value(`${name}_bucket`, { le });
      expect(shown).toBeGreaterThanOrEqual(ours.filter((ms) => ms <= boundMs - roundingMs).length);
      expect(shown).toBeLessThanOrEqual(ours.filter((ms) => ms <= boundMs + roundingMs).length);
    }
  });

  it("the readers' own clock beside ours", () => {
    const { visits, firstTokens, begun, loops, outcomes } = played();
    const pairs = pairsOf(visits, firstTokens);
    expect(pairs).toHaveLength(begun);
    const ends = Object.entries(outcomes).map(([outcome, count]) => `${count} ${outcome}`);
    process.stdout.write(`${visits.length} questions: ${ends.join(", ")}\n`);
    process.stdout.write(reportOf(agreementOf(pairs, loops), loops));
  });
}
