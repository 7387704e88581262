import type { Random } from "../measure/pairs.ts";
import { interleave, type Round } from "../measure/pairs.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Framework, kindOf, type Stack } from "./stacks.ts";

const connections = 20;
const requests = 300;

interface Server {
  readonly child: Child<"listeningApp">;
  readonly port: number;
  answered: number;
}

/** CPU microseconds of a request over sockets, in shuffled rounds of short bursts: the servers on one processor, the client on another. */
export async function burstRounds<Name extends Stack>(
  framework: Framework,
  names: readonly Name[],
  { rounds, warmUp }: { readonly rounds: number; readonly warmUp: number },
  random: Random,
): Promise<readonly Round<Name, number>[]> {
  const load = await startChild("burstLoad", null, { processor: 1 });
  const started = await Promise.all(names.map(async (name) => [name, await startServer(framework, name)] as const));
  const servers = Object.fromEntries(started) as Record<Name, Server>;
  const burst = async (server: Server, count: number): Promise<number> => {
    const { whenAnswered } = await server.child.ask(null);
    await load.ask({ port: server.port, requests: count, connections });
    server.answered += count;
    const { whenAsked } = await server.child.ask(null);
    return (whenAsked - whenAnswered) / count;
  };
  try {
    for (const name of names) await burst(servers[name], warmUp);
    const measured = await interleave(names, rounds, random, (name) => burst(servers[name], requests));
    for (const name of names) await servers[name].child.ask(servers[name].answered);
    return measured;
  } finally {
    await Promise.all([load.stop(), ...names.map((name) => servers[name].child.stop())]);
  }
}

async function startServer(framework: Framework, name: Stack): Promise<Server> {
  const child = await startChild("listeningApp", { framework, kind: kindOf(name) }, { processor: 0 });
  const { port } = await child.ask(null);
  return { child, port, answered: 0 };
}
