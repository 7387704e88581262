import { type State, states } from "../collector/collector.ts";
import { interleave, type Random, type Round, seededRandom } from "../measure/pairs.ts";
import { type Estimate, estimateMedian } from "../measure/statistics.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Benchmark, estimateTexts, type Settings, type Table } from "../report/table.ts";

export const connections = 20;

/** How often and how long servers bear a load. */
export interface Sizes {
  /** Each server is started so many times anew. */
  readonly processes: number;
  readonly rounds: number;
  readonly warmUp: number;
  readonly requests: number;
}

/** A server in a process of its own. */
export interface LoadedServer<Measured> {
  bear(requests: number): Promise<Measured>;
  stop(): Promise<unknown>;
}

export interface ServerRounds<Name extends string, Measured> {
  readonly names: readonly Name[];
  readonly sizes: Sizes;
  readonly random: Random;
  /** Is told which of the processes is on. */
  readonly progress: (processes: string) => void;
  start(name: Name, load: Child<"httpLoad">): Promise<LoadedServer<Measured>>;
}

/** Lets servers bear the same load in turns. */
export async function loadInTurns<Name extends string, Measured>({
  names,
  sizes,
  random,
  progress,
  start,
}: ServerRounds<Name, Measured>): Promise<readonly Round<Name, Measured>[]> {
  const measured: Round<Name, Measured>[] = [];
  for (let process = 0; process < sizes.processes; process += 1) {
    progress(`processes ${process + 1} of ${sizes.processes}`);
    const load = await startChild("httpLoad", null);
    const started = await Promise.all(names.map(async (name) => [name, await start(name, load)] as const));
    const servers = Object.fromEntries(started) as Record<Name, LoadedServer<Measured>>;
    await interleave(names, 1, random, (name) => servers[name].bear(sizes.warmUp));
    measured.push(...(await interleave(names, sizes.rounds, random, (name) => servers[name].bear(sizes.requests))));
    await Promise.all([load.stop(), ...names.map((name) => servers[name].stop())]);
  }
  return measured;
}

/** What a server bore in one round. */
interface Measured {
  readonly cpuMicros: number;
  /** Share of the spans that were lost. */
  readonly dropped: number;
}

type Rounds = readonly Round<State, Measured>[];

/** What a request costs while the collector is down, hangs, is slow or refuses, against one that is well. */
export const collector: Benchmark = async (settings) => {
  const random = seededRandom(settings.seed);
  const sizes = settings.quick
    ? { processes: 1, rounds: 3, warmUp: 2_000, requests: 4_000 }
    : { processes: 3, rounds: 3, warmUp: 6_000, requests: 10_000 };
  const figures = figuresOf(await measure(sizes, settings, random), random);
  return {
    title: "What a collector that fails costs a request",
    method:
      "CPU time of the server's process: one JSON route of Express with metrics, a line and a sampled span that is sent by OTLP over HTTP, all " +
      `settings the defaults; ${connections} connections, ${sizes.requests.toLocaleString("en")} requests a round. A server and a collector for each ` +
      `row, ${sizes.processes} times anew, taking turns in ${sizes.rounds} rounds each. Medians over the rounds, 95 % intervals; the ratio is that ` +
      "to the server whose collector is well, within a round.",
    tables: [tableOf(figures)],
    figures,
  };
};

function measure(sizes: Sizes, settings: Settings, random: Random): Promise<Rounds> {
  const progress = (processes: string) => settings.progress(`collector: ${processes}`);
  return loadInTurns({ names: states, sizes, random, progress, start: startServer });
}

async function startServer(state: State, load: Child<"httpLoad">): Promise<LoadedServer<Measured>> {
  const standIn = await startChild("collector", state);
  const child = await startChild("tracedServer", await standIn.ask(null));
  if (state === "killed") await standIn.stop();
  let answered = 0;
  return {
    async bear(requests) {
      const before = await child.ask(answered);
      await load.ask({ port: before.port, requests, connections });
      answered += requests;
      const after = await child.ask(answered);
      const dropped = (after.dropped - before.dropped) / requests;
      return { cpuMicros: (after.whenAsked - before.whenAnswered) / requests, dropped };
    },
    stop: () => Promise.all([child.stop(), ...(state === "killed" ? [] : [standIn.stop()])]),
  };
}

/** In one state of the collector. */
interface Estimated {
  readonly cpuMicros: Estimate;
  /** To the healthy one. */
  readonly ratio: Estimate;
  readonly dropped: Estimate;
}

type Figures = Readonly<Record<State, Estimated>>;

function figuresOf(rounds: Rounds, random: Random): Figures {
  const estimate = (pick: (round: Round<State, Measured>) => number) => estimateMedian(rounds.map(pick), random);
  const estimated = (state: State): Estimated => ({
    cpuMicros: estimate((round) => round[state].cpuMicros),
    ratio: estimate((round) => round[state].cpuMicros / round.healthy.cpuMicros),
    dropped: estimate((round) => round[state].dropped),
  });
  return Object.fromEntries(states.map((state) => [state, estimated(state)])) as Record<State, Estimated>;
}

const names: Readonly<Record<State, string>> = {
  healthy: "is well",
  killed: "is down",
  hanging: "accepts and never answers",
  slow: "answers after 2 s",
  refusing: "answers 503",
};

function tableOf(figures: Figures): Table {
  return {
    columns: ["the collector", "µs per request", "95 %", "ratio", "95 %", "goal", "spans dropped"],
    rows: states.map((state) => {
      const { cpuMicros, ratio, dropped } = figures[state];
      const compared = state === "healthy" ? ["", "", ""] : [...estimateTexts(ratio, 2), "≤ 1.10"];
      return [names[state], ...estimateTexts(cpuMicros, 1), ...compared, `${(dropped.value * 100).toFixed(0)} %`];
    }),
  };
}
