export type { ServerKind, ServerReading } from "./server/server-reading.ts";
export { type WatchedServer, type WatchOptions, watchLlamaServer } from "./server/watch-llama-server.ts";
