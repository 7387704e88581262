import { setImmediate as nextTurn } from "node:timers/promises";
import { startTracedServer } from "../collector/traced-server.ts";
import type { ServerReading } from "./http-server-task.ts";

export interface TracedServerReading extends ServerReading {
  readonly dropped: number;
}

/** A server that sends its spans to a collector on that port. */
export async function tracedServerTask(collectorPort: number) {
  const { port, check, dropped } = await startTracedServer(collectorPort);
  return async (answered: number): Promise<TracedServerReading> => {
    // the last answers may be with the client before they are closed here
    await nextTurn();
    await nextTurn();
    const whenAsked = cpuMicros();
    await check(answered);
    return { port, dropped: dropped(), whenAsked, whenAnswered: cpuMicros() };
  };
}

function cpuMicros(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}
