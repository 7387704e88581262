import { once } from "node:events";
import { createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Taking } from "./taking.ts";

/** Before each message stand a byte that says whether it is compressed, and its length in four. */
const prefix = 5;

/** OTLP over gRPC, which is HTTP/2 with framed messages; it is healthy or silent. @returns the port */
export async function serveGrpc(port: number, { manner, take }: Taking): Promise<number> {
  const server = createServer();
  server.on("stream", async (stream) => {
    stream.on("error", () => undefined);
    const body = await buffer(stream).catch(() => undefined);
    if (body === undefined || manner() === "silent") return;
    take("application/x-protobuf", body.subarray(prefix), true);
    stream.respond({ ":status": 200, "content-type": "application/grpc" }, { waitForTrailers: true });
    stream.on("wantTrailers", () => stream.sendTrailers({ "grpc-status": "0" }));
    stream.end(Buffer.alloc(prefix));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
