import { startTracedServer } from "../collector/traced-server.ts";
import { readServer, type ServerReading } from "./server-reading.ts";

export interface TracedServerReading extends ServerReading {
  readonly dropped: number;
}

/** A server that sends its spans to a collector on that port. */
export async function tracedServerTask(collectorPort: number) {
  const server = await startTracedServer(collectorPort);
  return async (answered: number): Promise<TracedServerReading> => {
    const reading = await readServer(server, answered);
    return { ...reading, dropped: server.dropped() };
  };
}
