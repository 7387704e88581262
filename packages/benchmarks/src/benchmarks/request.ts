import { burstRounds } from "../http/burst-rounds.ts";
import { bytesPerRequest, microsPerRequest } from "../http/in-process-rounds.ts";
import { type Framework, frameworks, type Stack, stacks } from "../http/stacks.ts";
import type { Round } from "../measure/pairs.ts";
import { seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian, estimateTrimmedMean, quantile } from "../measure/statistics.ts";
import type { Benchmark, Table } from "../report/table.ts";
import { estimateTexts } from "../report/table.ts";

const titles: Readonly<Record<Framework, string>> = { express: "Express 5", fastify: "Fastify 5" };

const usual: Readonly<Record<Framework, string>> = {
  express: "express-prom-bundle, pino-http, OpenTelemetry for http and Express",
  fastify: "fastify-metrics, Fastify's logger, OpenTelemetry for http and Fastify",
};

const nameOf = (framework: Framework, stack: Stack): string =>
  ({
    bare: "bare",
    "bare twin": "bare, a second process",
    "naive metrics": "naive middleware, metrics alone",
    naive: "naive middleware, all signals",
    floor: "signal floor, all signals",
    metrics: "AIWatch, metrics alone",
    signals: "AIWatch, all signals",
    "signals twin": "AIWatch, all signals, a second process",
    usual: usual[framework],
  })[stack];

type Goals = Readonly<Record<Framework, Readonly<Partial<Record<Stack, number>>>>>;

/** Microseconds of CPU that a request may take over bare, over sockets. */
const goalMicros: Goals = {
  express: { metrics: 10, signals: 32 },
  fastify: { metrics: 7, signals: 22 },
};

/** Bytes of the heap that a request may allocate over bare. */
const goalBytes: Goals = {
  express: { metrics: 2_300, signals: 6_000 },
  fastify: { metrics: 1_500, signals: 5_000 },
};

/** What the guard fails above: a goal that is reached, else what was reached, with room for what differs between releases of Node. */
export const boundBytes: Goals = {
  express: { metrics: 2_400, signals: 7_100 },
  fastify: { metrics: 1_800, signals: 6_500 },
};

/** What a request allocates. */
export const requestBytes: Benchmark = async ({ progress }) => {
  const figures = await eachFramework((framework) => {
    progress(`request-bytes: ${framework}`);
    return bytesPerRequest(framework, stacks);
  });
  return {
    title: "Bytes of a request",
    method:
      "Growth of the heap over 300 requests in the server's own process, after 40,000; the median of 15 blocks, without those that a collection fell " +
      "into. V8 compiles in the same thread. The twins show how far it repeats.",
    tables: frameworks.map((framework) => bytesTable(framework, figures[framework], stacks)),
    figures,
  };
};

/** @returns a table of bytes, and of what is added to bare */
export function bytesTable<Name extends Stack>(
  framework: Framework,
  bytes: Readonly<Record<Name, number>> & { readonly bare: number },
  names: readonly Name[],
): Table {
  return {
    caption: titles[framework],
    columns: ["", "bytes per request", "added", "goal"],
    rows: names.map((name) => [
      nameOf(framework, name),
      bytes[name].toFixed(0),
      name === "bare" ? "" : (bytes[name] - bytes.bare).toFixed(0),
      goalText(goalBytes[framework][name]),
    ]),
  };
}

/** What a request takes where there is no kernel and no other process. */
export const requestTime: Benchmark = async ({ quick, seed, progress }) => {
  const random = seededRandom(seed);
  const rounds = quick ? 30 : 120;
  const figures = await eachFramework(async (framework) => {
    progress(`request-time: ${framework}`);
    const measured = await microsPerRequest(framework, stacks, rounds, random);
    return compared(measured, (values) => estimateMedian(values, random, 1000));
  });
  return {
    title: "Time of a request in the server's own process",
    method:
      `Wall time of a request over connections in memory: ${rounds} shuffled rounds of 300 requests after 40,000, a process for each row, all on ` +
      "one processor. The lowest decile, which is what the machine does when nothing disturbs it; and the medians of the differences from " +
      "bare within a round, with 95 % intervals. The twins show how far it repeats.",
    tables: frameworks.map((framework) => microsTable(framework, figures[framework], {})),
    figures,
  };
};

/** What a request takes of a server's CPU time. */
export const requestSocket: Benchmark = async ({ quick, seed, progress }) => {
  const random = seededRandom(seed);
  const sizes = { rounds: quick ? 20 : 150, warmUp: 20_000 };
  const figures = await eachFramework(async (framework) => {
    progress(`request-socket: ${framework}`);
    const measured = await burstRounds(framework, stacks, sizes, random);
    return compared(measured, (values) => estimateTrimmedMean(values, random));
  });
  return {
    title: "CPU time of a request over sockets",
    method:
      `CPU time of all threads of the server's process: ${sizes.rounds} shuffled rounds of 300 requests after ${sizes.warmUp.toLocaleString("en")} over 20 connections, from a client ` +
      "that never sleeps, on another processor. The lowest decile; and the trimmed means of the differences from bare within a round, with " +
      "95 % intervals. Lines go to the null device without waiting, spans are sampled, batched and dropped. The twins show how far it repeats.",
    tables: frameworks.map((framework) => microsTable(framework, figures[framework], goalMicros[framework])),
    figures,
  };
};

async function eachFramework<Figures>(measure: (framework: Framework) => Promise<Figures>) {
  return { express: await measure("express"), fastify: await measure("fastify") };
}

/** Of one stack. */
interface Compared {
  readonly micros: number;
  /** Of the lowest deciles. */
  readonly addedAtBest: number;
  readonly added: Estimate;
}

type Figures = Readonly<Record<Stack, Compared>>;

function compared(rounds: readonly Round<Stack, number>[], estimate: (values: readonly number[]) => Estimate): Figures {
  const atBest = (stack: Stack) =>
    quantile(
      rounds.map((round) => round[stack]),
      0.1,
    );
  const of = (stack: Stack): Compared => ({
    micros: atBest(stack),
    addedAtBest: atBest(stack) - atBest("bare"),
    added: estimate(rounds.map((round) => round[stack] - round.bare)),
  });
  return Object.fromEntries(stacks.map((stack) => [stack, of(stack)])) as Record<Stack, Compared>;
}

function microsTable(framework: Framework, figures: Figures, goals: Goals[Framework]): Table {
  const timesTheFloor = figures.signals.added.value / figures.floor.added.value;
  const timesNaive = figures.signals.added.value / figures.naive.added.value;
  const ratio = `AIWatch, all signals: ${timesTheFloor.toFixed(2)} × the floor, ${timesNaive.toFixed(2)} × the naive middleware`;
  return {
    caption: `${titles[framework]} (${ratio})`,
    columns: ["", "µs, lowest decile", "added to it", "added", "95 %", "goal"],
    rows: stacks.map((stack) => {
      const { micros, addedAtBest, added } = figures[stack];
      const over = stack === "bare" ? ["", "", ""] : [addedAtBest.toFixed(1), ...estimateTexts(added, 1)];
      return [nameOf(framework, stack), micros.toFixed(1), ...over, goalText(goals[stack])];
    }),
  };
}

function goalText(goal: number | undefined): string {
  return goal === undefined ? "" : `≤ ${goal.toLocaleString("en")}`;
}
