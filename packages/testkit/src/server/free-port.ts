import { testServer } from "./test-server.ts";

/** A port of the loopback that was free a moment ago, for programs that cannot be told to choose one. */
export async function freePort(): Promise<number> {
  const server = await testServer((_, response) => response.end());
  await server.close();
  return server.port;
}
