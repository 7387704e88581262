import { fileURLToPath } from "node:url";
import type { SummaryAnswer } from "@aiwatch/core/summary-schema";
import { runNode } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { type Demo, startDemo } from "../../support/demo.ts";
import { type Metrics, scrape } from "../../support/metrics.ts";
import type { Loops } from "./agreement.ts";
import type { Driven } from "./driver.ts";
import type { LoopDelay } from "./loop-delays.ts";
import type { Fate, Visited } from "./visit.ts";

export interface Drive {
  readonly seconds: number;
  readonly readers: number;
  /** How many come at once, once a second. */
  readonly guests: number;
}

/** What the log says of a request's end. */
export interface RequestLine {
  readonly requestId: string;
  readonly status: number;
  readonly requestFirstTokenMs?: number;
}

/** What the readers saw, and what the demo says of itself at rest after them. */
export class Played {
  readonly visits: readonly Visited[];
  readonly loops: Loops;
  readonly lines: readonly RequestLine[];
  readonly summary: SummaryAnswer;
  readonly metrics: Metrics;

  constructor({ visits, delays }: Driven, demo: Demo, summary: SummaryAnswer, metrics: Metrics) {
    this.visits = visits;
    this.summary = summary;
    this.metrics = metrics;
    this.lines = linesIn(demo.process.stdout);
    const began = Math.min(...visits.map(({ sentAt }) => sentAt));
    // to load the model holds the loop up, and nobody waits for it here
    this.loops = { reader: delays, server: delaysIn(demo.process.stderr).filter(({ at }) => at > began) };
  }

  /** How many came to one of these ends. */
  having(...fates: Fate[]): number {
    return this.visits.filter(({ fate }) => fates.includes(fate)).length;
  }

  /** What the chats came to. */
  get outcomes() {
    const [answered, refused] = [this.having("answered"), this.having("refused")];
    const failed = this.having("failed", "cut");
    return { answered, refused, left: this.having("left"), failed, aborted: this.having("aborted") };
  }

  /** How many had a piece of an answer. */
  get begun(): number {
    return this.visits.filter(({ firstTextMs }) => firstTextMs !== undefined).length;
  }

  /** The waits for a first token by the ids of their questions, as the log has them. */
  get firstTokens(): ReadonlyMap<string, number> {
    const known = this.lines.flatMap(({ requestId, requestFirstTokenMs: ms }) =>
      ms === undefined ? [] : [[requestId, ms] as const],
    );
    return new Map(known);
  }

  /** The series of a counter by one of its labels, without those at 0. */
  counted(name: string, label: string, labels: Record<string, string> = {}): Record<string, number | undefined> {
    const values = this.metrics
      .labelValues(name, label)
      .map((of) => [of, this.metrics.value(name, { ...labels, [label]: of })] as const);
    return Object.fromEntries(values.filter(([, value]) => value !== 0));
  }
}

/** Drives the demo by readers in a process of their own. */
export async function play({ seconds, readers, guests }: Drive): Promise<Played> {
  const imports = ["tell-loop-delays.ts", "failing-answers.ts"].map(
    (file) => `--import ${new URL(file, import.meta.url).href}`,
  );
  // answers of some twenty sentences: some end soon, and in the others there is time to leave
  const MODEL_PATH = await ensureTinyModel({ sentences: 20 });
  const demo = await startDemo({ MODEL_PATH, SEED: undefined, NODE_OPTIONS: imports.join(" ") });
  try {
    const entry = fileURLToPath(new URL("driver.ts", import.meta.url));
    const driver = await runNode([entry, demo.url, ...[seconds, readers, guests].map(String)]);
    const { code } = await driver.exit;
    if (code !== 0) throw new Error(`the driver failed:\n${driver.stderr.join("\n")}`);
    const summary = await atRest(demo.url);
    const metrics = await scrape(demo.url);
    await demo.process.stop();
    return new Played(JSON.parse(driver.stdout.join("")) as Driven, demo, summary, metrics);
  } finally {
    await demo.process.stop("SIGKILL");
  }
}

/** The last answers may be with their readers before they are closed here. */
async function atRest(url: string): Promise<SummaryAnswer> {
  for (;;) {
    const summary = (await (await fetch(`${url}/metrics/summary`)).json()) as SummaryAnswer;
    if (summary.now.chats === 0) return summary;
  }
}

function delaysIn(lines: readonly string[]): LoopDelay[] {
  const prefix = "loop-delay ";
  return lines.filter((line) => line.startsWith(prefix)).map((line) => JSON.parse(line.slice(prefix.length)));
}

/** Those of requests that ended: the demo's own line of a failure has no status. */
function linesIn(lines: readonly string[]): RequestLine[] {
  const ofRequests = lines.filter((line) => line.includes('"component":"http"'));
  return ofRequests.map((line) => JSON.parse(line) as RequestLine).filter(({ status }) => status !== undefined);
}
