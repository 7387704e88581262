import { connections, type LoadedServer, loadInTurns, type Sizes } from "../http/server-rounds.ts";
import { type Framework, frameworks, type Stack, stacks } from "../http/stacks.ts";
import type { Round } from "../measure/pairs.ts";
import { type Random, seededRandom } from "../measure/random.ts";
import { type Estimate, estimateMedian } from "../measure/statistics.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { estimateTexts } from "../report/format.ts";
import type { Table } from "../report/table.ts";
import type { Benchmark, Settings } from "./benchmark.ts";

const titles: Readonly<Record<Framework, string>> = { express: "Express 5", fastify: "Fastify 5" };

const usual: Readonly<Record<Framework, string>> = {
  express: "express-prom-bundle, pino-http, OpenTelemetry for http and Express",
  fastify: "fastify-metrics, Fastify's logger, OpenTelemetry for http and Fastify",
};

const goals: Readonly<Partial<Record<Stack, string>>> = { signals: "≤ 20" };

/** What one stack bore in one round. */
interface Measured {
  readonly cpuMicros: number;
  readonly requestsPerSecond: number;
  readonly p99Millis: number;
}

type Rounds = readonly Round<Stack, Measured>[];

/** What observing adds to a request of an app, and what the usual combination adds. */
export const http: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const sizes = settings.quick
    ? { processes: 1, rounds: 3, warmUp: 2_000, requests: 4_000 }
    : { processes: 3, rounds: 3, warmUp: 6_000, requests: 20_000 };
  const tables: Table[] = [];
  const figures: Partial<Record<Framework, Figures>> = {};
  for (const framework of frameworks) {
    const rounds = await measureFramework(framework, sizes, settings, random);
    const of = figuresOf(rounds, random);
    figures[framework] = of;
    tables.push(tableOf(framework, of));
  }
  return {
    title: "What observing adds to a request",
    method:
      `CPU time of the server's process: one JSON route, ${connections} connections that are kept alive, ` +
      `${thousands(sizes.requests)} requests a round after ${thousands(sizes.warmUp)}, from another process. Spans are sampled, batched and ` +
      `dropped, lines go to the null device. A process for each row, ${sizes.processes} times anew, taking turns in ${sizes.rounds} rounds ` +
      "each. Medians over the rounds, 95 % intervals; what is added is the difference from bare within a round.",
    tables,
    figures,
  };
};

function measureFramework(framework: Framework, sizes: Sizes, settings: Settings, random: Random): Promise<Rounds> {
  return loadInTurns({
    names: stacks,
    sizes,
    random,
    progress: (processes) => settings.progress(`http: ${framework}, ${processes}`),
    start: async (stack, load) => serverOf(await startChild("httpServer", { framework, stack }), load),
  });
}

function serverOf(child: Child<"httpServer">, load: Child<"httpLoad">): LoadedServer<Measured> {
  let answered = 0;
  return {
    async bear(requests) {
      const { port, whenAnswered } = await child.ask(answered);
      const { requestsPerSecond, p99Millis } = await load.ask({ port, requests, connections });
      answered += requests;
      const { whenAsked } = await child.ask(answered);
      return { cpuMicros: (whenAsked - whenAnswered) / requests, requestsPerSecond, p99Millis };
    },
    stop: () => child.stop(),
  };
}

/** Of one stack. */
interface Estimated {
  readonly cpuMicros: Estimate;
  /** Over bare. */
  readonly addedMicros: Estimate;
  readonly requestsPerSecond: Estimate;
  readonly p99Millis: Estimate;
}

type Figures = Readonly<Record<Stack, Estimated>>;

function figuresOf(rounds: Rounds, random: Random): Figures {
  const estimate = (pick: (round: Round<Stack, Measured>) => number) => estimateMedian(rounds.map(pick), random);
  const estimated = (stack: Stack): Estimated => ({
    cpuMicros: estimate((round) => round[stack].cpuMicros),
    addedMicros: estimate((round) => round[stack].cpuMicros - round.bare.cpuMicros),
    requestsPerSecond: estimate((round) => round[stack].requestsPerSecond),
    p99Millis: estimate((round) => round[stack].p99Millis),
  });
  return Object.fromEntries(stacks.map((stack) => [stack, estimated(stack)])) as Record<Stack, Estimated>;
}

function tableOf(framework: Framework, figures: Figures): Table {
  const names: Readonly<Record<Stack, string>> = {
    bare: "bare",
    metrics: "AIWatch, metrics alone",
    lines: "AIWatch: metrics, a line",
    spans: "AIWatch: metrics, a sampled span",
    signals: "AIWatch: metrics, a line, a sampled span",
    usual: usual[framework],
  };
  return {
    caption: titles[framework],
    columns: ["", "µs per request", "95 %", "added", "95 %", "goal", "requests/s", "95 %", "p99 ms", "95 %"],
    rows: stacks.map((stack) => rowOf(names[stack], figures[stack], stack)),
  };
}

function rowOf(name: string, figures: Estimated, stack: Stack): string[] {
  return [
    name,
    ...estimateTexts(figures.cpuMicros, 1),
    ...(stack === "bare" ? ["", ""] : estimateTexts(figures.addedMicros, 1)),
    goals[stack] ?? "",
    ...estimateTexts(figures.requestsPerSecond, 0),
    ...estimateTexts(figures.p99Millis, 1),
  ];
}

function thousands(count: number): string {
  return count.toLocaleString("en");
}
