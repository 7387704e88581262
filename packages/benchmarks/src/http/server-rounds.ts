import { interleave, type Round } from "../measure/pairs.ts";
import type { Random } from "../measure/random.ts";
import { type Child, startChild } from "../processes/child-process.ts";

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
