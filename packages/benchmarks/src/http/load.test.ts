import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { answerLength, putLoad } from "./load.ts";

const servers = new Set<ReturnType<typeof createServer>>();

afterEach(() => {
  for (const server of servers) server.close();
  servers.clear();
});

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  servers.add(server);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

describe("putLoad", () => {
  it("asks as often as it is told, over as many connections, and keeps them", async () => {
    const sockets = new Set<unknown>();
    let requests = 0;
    const port = await serve((req, res) => {
      requests += 1;
      sockets.add(req.socket);
      res.setHeader("content-length", 12);
      // in two pieces: an answer need not come whole
      res.write("answer");
      setImmediate(() => res.end(" whole"));
    });
    const { requestsPerSecond, p99Millis } = await putLoad({ port, requests: 200, connections: 5 });
    expect(requests).toBe(200);
    expect(sockets.size).toBe(5);
    expect(requestsPerSecond).toBeGreaterThan(0);
    expect(p99Millis).toBeGreaterThan(0);
  });

  it("fails where an answer is not 200", async () => {
    const port = await serve((_req, res) => res.writeHead(404, { "content-length": 0 }).end());
    await expect(putLoad({ port, requests: 10, connections: 2 })).rejects.toThrow("404");
  });

  it("fails where the server closes the connection", async () => {
    const port = await serve((req) => req.socket.end());
    await expect(putLoad({ port, requests: 10, connections: 2 })).rejects.toThrow("closed the connection");
  });
});

describe("answerLength", () => {
  it("is known once the head is there", () => {
    expect(answerLength("HTTP/1.1 200 OK\r\nContent-Le")).toBeUndefined();
    expect(answerLength("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab")).toBe(41);
  });

  it("is no guess", () => {
    expect(() => answerLength("HTTP/1.1 200 OK\r\n\r\n")).toThrow("content-length");
  });
});
