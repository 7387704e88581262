import type { Random } from "../measure/pairs.ts";
import { interleave, type Round } from "../measure/pairs.ts";
import { quantile } from "../measure/statistics.ts";
import { type Child, startChild } from "../processes/child-process.ts";
import { type Framework, kindOf, type Stack } from "./stacks.ts";

/** Room for all that a block of requests allocates: no scavenge falls into one. */
const flags = ["--min-semi-space-size=64", "--max-semi-space-size=64"];

/** V8 compiles where it stands: what it inlines is the same in every process. */
const repeatable = [...flags, "--no-concurrent-recompilation"];

/** Until all is compiled. */
const warmUp = 40_000;
const requests = 300;
const blocks = 15;

type Children<Name extends Stack> = Readonly<Record<Name, Child<"inProcessApp">>>;

/** Starts a process for each stack, lets `measure` ask them, and sees to it that they recorded every request. */
async function withApps<Name extends Stack, Measured>(
  framework: Framework,
  names: readonly Name[],
  flags: readonly string[],
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

/**
 * Bytes of the heap that a request allocates: the median of the blocks that no collection fell into. None is forced: V8 would throw away code, and
 * allocate more for thousands of requests until it is optimized again.
 */
export function bytesPerRequest<Name extends Stack>(
  framework: Framework,
  names: readonly Name[],
): Promise<Readonly<Record<Name, number>>> {
  return withApps(framework, names, repeatable, async (children) => {
    const bytes: Partial<Record<Name, number>> = {};
    for (const name of names) {
      const measured: number[] = [];
      for (let block = 0; block < blocks; block += 1)
        measured.push(await children[name].ask({ measure: "bytes", requests }));
      bytes[name] = quantile(measured.filter(isGrowth), 0.5);
    }
    return bytes as Record<Name, number>;
  });
}

/** A collection leaves the heap smaller than it was. */
const isGrowth = (bytes: number) => bytes > 0;

/** Microseconds of a request, in shuffled rounds of short blocks. */
export function microsPerRequest<Name extends Stack>(
  framework: Framework,
  names: readonly Name[],
  rounds: number,
  random: Random,
): Promise<readonly Round<Name, number>[]> {
  return withApps(framework, names, flags, (children) =>
    interleave(names, rounds, random, (name) => children[name].ask({ measure: "micros", requests })),
  );
}
