import type { Random } from "../measure/pairs.ts";
import { interleave, type Round } from "../measure/pairs.ts";
import { quantile } from "../measure/statistics.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Framework, kindOf, type Stack } from "./stacks.ts";

/** Room for all that a block of requests allocates: no scavenge falls into one. */
const flags = ["--min-semi-space-size=64", "--max-semi-space-size=64"];

/** Until all is compiled. */
const warmUp = 20_000;
const requests = 300;
const blocks = 12;

type Children<Name extends Stack> = Readonly<Record<Name, Child<"inProcessApp">>>;

/** Starts a process for each stack, lets `measure` ask them, and sees to it that they recorded every request. */
async function withApps<Name extends Stack, Measured>(
  framework: Framework,
  names: readonly Name[],
  measure: (children: Children<Name>) => Promise<Measured>,
): Promise<Measured> {
  const start = (name: Name) => startChild("inProcessApp", { framework, kind: kindOf(name) }, { flags, processor: 0 });
  const started = await Promise.all(names.map(async (name) => [name, await start(name)] as const));
  const children = Object.fromEntries(started) as Record<Name, Child<"inProcessApp">>;
  try {
    for (const name of names) await children[name].ask({ measure: "micros", requests: warmUp });
    const measured = await measure(children);
    for (const name of names) await children[name].ask({ measure: "check" });
    return measured;
  } finally {
    await Promise.all(names.map((name) => children[name].stop()));
  }
}

/** Bytes of the heap that a request allocates: the lower quartile of some blocks, since what is compiled meanwhile comes on top. */
export function bytesPerRequest<Name extends Stack>(
  framework: Framework,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  return withApps(framework, names, async (children) => {
    const bytes: Partial<Record<Name, number>> = {};
    for (const name of names) {
      const measured: number[] = [];
      for (let block = 0; block < blocks; block += 1)
        measured.push(await children[name].ask({ measure: "bytes", requests }));
      bytes[name] = quantile(measured, 0.25);
    }
    return bytes as Record<Name, number>;
  });
}

/** Microseconds of a request, in shuffled rounds of short blocks. */
export function microsPerRequest<Name extends Stack>(
  framework: Framework,
  names: readonly Name[],
  rounds: number,
  random: Random,
): Promise<readonly Round<Name, number>[]> {
  return withApps(framework, names, (children) =>
    interleave(names, rounds, random, (name) => children[name].ask({ measure: "micros", requests })),
  );
}
