import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AppUnderLoad, type Look, type Samples } from "../../load/test-support/app-under-load.ts";
import type { Sent } from "../../load/test-support/send-load.ts";
import { Collector } from "./collector.ts";
import { expectCounted } from "./expect-counted.ts";
import { type Taken, takenOf } from "./taken.ts";
import { tracedApp } from "./traced-app-entry.ts";

/** In turn, each for as many requests. */
export const parts = [
  "healthy",
  "still healthy",
  "killed",
  "restarted",
  "hanging",
  "restarted again",
  "slow",
  "refusing",
  "cutting",
  "healthy again",
] as const;

export type Part = (typeof parts)[number];

/** After these the app has nothing to send any more. */
export const rests: readonly Part[] = ["healthy", "still healthy", "restarted", "restarted again", "healthy again"];

/** The SDK's: what the queue holds, and what is sent at once. */
const [queueSize, batchSize] = [2_048, 512];
/** How long an export is tried: less than a flush takes, so that nothing is under way after it. */
const exportTimeoutMs = 1_500;
/** The export that found no collector is tried again or given up in that time; the rest is for a machine that is busy. */
const resumesWithinMs = exportTimeoutMs + 8_500;

/** The looks at the app, one after each part. */
export type Looks = ReadonlyMap<Part, Look>;

/**
 * What holds of any number of requests.
 * @param total is the sum of all parts; a part is to be more than what the queue holds
 * @param define what holds of so many alone
 */
export function describeFaults(total: number, define: (looks: Looks) => void = () => {}): void {
  const perPart = total / parts.length;
  const title = `a collector that is killed, hangs, is slow, refuses, cuts and comes back under ${total.toLocaleString("en")} requests`;
  describe(`${title}, one in twenty aborted and one failing`, () => {
    let app: AppUnderLoad;
    let collector: Collector;
    let seconds = 0;
    const sent = { ok: 0, failed: 0, aborted: 0 };
    const looks = new Map<Part, Look>();
    const held = new Map<Part, number>();
    let counted: Samples;
    let taken: Taken;

    beforeAll(async () => {
      collector = await Collector.start();
      app = await AppUnderLoad.start(tracedApp, {
        OTLP_ENDPOINT: collector.endpoint,
        OTEL_EXPORTER_OTLP_TIMEOUT: String(exportTimeoutMs),
      });
      for (const part of parts) {
        await story[part]();
        await app.untilQuiet();
        if (rests.includes(part)) await app.ask("flush");
        looks.set(part, await app.look());
        taken = takenOf(await collector.batches());
        counted = await app.samples();
        held.set(part, sum(sent) - taken.answered - counted("genai_app_spans_dropped_total"));
      }
      process.stdout.write(`${Math.round(total / seconds)} requests/s for ${seconds.toFixed(1)} s\n${figures()}\n`);
    });
    afterAll(async () => {
      await app?.process.stop("SIGKILL");
      await collector?.close();
    });

    /** A load while something happens. It throws when an answer is not what it is without a collector. */
    async function load(requests: number, happens: () => Promise<void> = async () => undefined): Promise<void> {
      const began = performance.now();
      const [answers] = await Promise.all([app.send(requests), happens()]);
      for (const kind of ["ok", "failed", "aborted"] as const) sent[kind] += answers[kind];
      seconds += (performance.now() - began) / 1000;
    }

    /** What waited is taken first. The other half of the load is new: its spans must arrive as well. */
    async function comesBack(): Promise<void> {
      await load(perPart / 2, () => collector.comeBack());
      await collector.untilItTakes(0, resumesWithinMs);
      const since = Date.now();
      await load(perPart / 2, () => collector.untilItTakes(since, resumesWithinMs));
    }

    const story: Readonly<Record<Part, () => Promise<void>>> = {
      healthy: () => load(perPart),
      "still healthy": () => load(perPart),
      killed: () => load(perPart, () => collector.die()),
      restarted: comesBack,
      hanging: () => load(perPart, () => collector.hang()),
      "restarted again": comesBack,
      slow: () => load(perPart, () => collector.be("slow")),
      refusing: () => load(perPart, () => collector.be("refusing")),
      cutting: () => load(perPart, () => collector.be("cutting")),
      "healthy again": () => load(perPart, () => collector.be("healthy")),
    };

    function figures(): string {
      return parts
        .map((part) => {
          const { heapUsed, arrayBuffers, rss, outgoing } = looks.get(part)!;
          return `${part}: ${heapUsed} heap, ${arrayBuffers} buffers, ${rss} rss, ${outgoing} connections, ${held.get(part)} spans held`;
        })
        .join("\n");
    }

    it("answers every request, and counts it, as without one", () => {
      expect(sent).toEqual({ ok: total * 0.9, failed: total / 20, aborted: total / 20 });
      expectCounted(counted, looks.get("healthy again")!, sent);
      expect(app.process.stderr).toEqual([]);
    });

    it("makes one span of each request, which has either arrived or is counted as dropped", () => {
      const dropped = counted("genai_app_spans_dropped_total");
      // a batch that was taken and never answered is one of the two: sent again until it was answered, or dropped
      expect(taken.answered + dropped).toBe(total);
      expect(taken.received + dropped).toBeGreaterThanOrEqual(total);
      expect(dropped).toBeGreaterThan(0);
      expect(taken.repeated).toBeGreaterThan(0);
    });

    it.each(parts)("holds a bounded number of spans and connections: %s", (part) => {
      const { outgoing, arrayBuffers } = looks.get(part)!;
      expect(held.get(part)).toBeGreaterThanOrEqual(0);
      expect(held.get(part)).toBeLessThanOrEqual(rests.includes(part) ? 0 : queueSize + batchSize);
      // one batch after the other; the connection that was given up last may be closing still
      expect(outgoing).toBeLessThanOrEqual(2);
      // a batch takes 512 × 320 bytes, and some 350,000 are there without one
      expect(arrayBuffers).toBeLessThan(1_000_000);
    });

    it.each(parts.filter((part) => !rests.includes(part)))("holds no more on its heap than those spans: %s", (part) => {
      const [before] = restBefore(part);
      // a span takes less than 2 kB
      expect(looks.get(part)!.heapUsed - looks.get(before)!.heapUsed).toBeLessThan((queueSize + batchSize) * 2_000);
    });

    define(looks);
  });
}

/** The last part before it that left nothing to send, and how many parts there were since. */
export function restBefore(part: Part): readonly [Part, since: number] {
  const at = parts.indexOf(part);
  const before = parts.findLastIndex((other, index) => index < at && rests.includes(other));
  return [parts[before]!, at - before];
}

function sum({ ok, failed, aborted }: Sent): number {
  return ok + failed + aborted;
}
