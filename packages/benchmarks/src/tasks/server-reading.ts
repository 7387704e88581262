import { setImmediate as nextTurn } from "node:timers/promises";

/** CPU time of all threads of the process, microseconds since its start: asking has a price, too, which lies between the two. */
export interface ServerReading {
  readonly port: number;
  readonly whenAsked: number;
  readonly whenAnswered: number;
}

/** What a server says of itself. @param check throws where it recorded another number of requests than it answered */
export async function readServer(
  { port, check }: { readonly port: number; check(answered: number): Promise<void> },
  answered: number,
): Promise<ServerReading> {
  // the last answers may be with the client before they are closed here
  await nextTurn();
  await nextTurn();
  const whenAsked = cpuMicros();
  await check(answered);
  return { port, whenAsked, whenAnswered: cpuMicros() };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
