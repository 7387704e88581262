import { IncomingMessage, ServerResponse } from "node:http";
import { Socket } from "node:net";
import { Duplex } from "node:stream";
import type { metricsHandler } from "@aiwatch/core";

/** One `GET /metrics` into a socket that goes nowhere. @returns the bytes of the answer */
export async function scrapeOnce(handle: ReturnType<typeof metricsHandler>, accept: string): Promise<number> {
  const request = new IncomingMessage(new Socket());
  request.headers = { accept };
  const response = new ServerResponse(request);
  let bytes = 0;
  const nowhere = new Duplex({
    // above a piece: nobody hears of a drain here
    writableHighWaterMark: 1 << 20,
    read() {},
    write(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      done();
    },
  });
  response.assignSocket(nowhere as Socket);
  await handle(request, response);
  return bytes;
}
