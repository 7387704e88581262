import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import { connect as connectHttp2, createServer as createHttp2Server } from "node:http2";
import type { AddressInfo, Server, Socket } from "node:net";
import { describe, expect, it, onTestFinished } from "vitest";
import { clientReports } from "../reports/client-reports.ts";
import { doors } from "../test-support/doors.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serve } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { HttpError } from "./answer.ts";
import { type HandlerOptions, metricsHandler, routeHandler } from "./handlers.ts";

const longBytes = 60e6;
/** What is under way when the answer comes: some kernel buffers, of 60 MB. */
const fewBytes = 4e6;

const none: HandlerOptions = { reports: clientReports({ perClientPerMinute: 0 }) };
const json = "content-type: application/json";
const long = `content-length: ${longBytes}`;
const origin = "https://app.example";

/** Requests whose body nobody wants: their words, the options of the door, the answer. */
const unwanted: Readonly<
  Record<string, readonly [method: string, headers: string[], options: HandlerOptions, status: number]>
> = {
  "a report over its client's limit": ["POST", [json, long], none, 429],
  "a report over the limit, of no known length": ["POST", [json, "transfer-encoding: chunked"], none, 429],
  "a report over everybody's limit": ["POST", [json, long], { reports: clientReports({ perMinute: 0 }) }, 429],
  "a report that is not authorized": ["POST", [json, long], { authorize: () => false }, 403],
  "a report whose authorization breaks": ["POST", [json, long], { authorize: () => Promise.reject(new Error()) }, 500],
  "a report that is too long": ["POST", [json, long], {}, 413],
  "a report that is too long, of no known length": ["POST", [json, "transfer-encoding: chunked"], {}, 413],
  "a report that asks whether to go on": ["POST", [json, long, "expect: 100-continue"], none, 429],
  "a report that is no JSON": ["POST", ["content-type: text/plain", long], {}, 415],
  "a report in gzip": ["POST", [json, "transfer-encoding: chunked", "content-encoding: gzip"], {}, 415],
  "another method at a POST door": ["PUT", [json, long], {}, 405],
  "a preflight with a body": [
    "OPTIONS",
    [`origin: ${origin}`, "access-control-request-method: POST", long],
    { allowedOrigins: [origin] },
    204,
  ],
};

/** Sends a body for as long as the connection takes it. @returns the answer, and what the server read of it */
async function sendLong(server: Server, port: number, head: string): Promise<{ answer: string; readBytes: number }> {
  let accepted: Socket | undefined;
  server.once("connection", (socket: Socket) => {
    accepted = socket;
  });
  const client = await rawClient(port);
  client.socket.write(head);
  const isChunked = head.includes("chunked");
  const block = Buffer.alloc(64_000, " ");
  const piece = isChunked ? Buffer.concat([Buffer.from("fa00\r\n"), block, Buffer.from("\r\n")]) : block;
  let sent = 0;
  const send = () => {
    while (sent < longBytes && !client.socket.destroyed) {
      sent += block.length;
      if (!client.socket.write(piece)) return void client.socket.once("drain", send);
    }
  };
  send();
  await client.closed;
  return { answer: client.answered, readBytes: accepted?.bytesRead ?? 0 };
}

describe.each(Object.values(doors))("a body of 60 MB that nobody wants at the door of $name", (door) => {
  it.each(Object.entries(unwanted))(
    "%s is answered, and not read to its end",
    async (_what, [method, headers, options, status]) => {
      const { server, port } = await serve(door, [], { reports: clientReports(), ...options });
      const { answer, readBytes } = await sendLong(server, port, requestText("/metrics/log", headers, method));
      expect(answer).toMatch(new RegExp(`HTTP/1.1 ${status} `));
      expect(answer).toMatch(/^connection: close\r$/im);
      expect(readBytes).toBeLessThan(fewBytes);
    },
  );

  it("a scrape that carries it is answered, and it is not read to its end", async () => {
    const { server, port } = await serve(door, []);
    const { answer, readBytes } = await sendLong(server, port, requestText("/livez", [long]));
    expect(answer).toMatch(/HTTP\/1.1 200 [\s\S]*\{"status":"ok"\}/);
    expect(readBytes).toBeLessThan(fewBytes);
  });
});

it("a small body that does not come in its time is not waited for", async () => {
  const authorize = () => Promise.reject(new HttpError(408, "too slow"));
  const port = await listen(
    createServer(routeHandler(createTestAiwatch().aiwatch, "log", { reports: clientReports(), authorize })),
  );
  const client = await rawClient(port);
  client.socket.write(requestText("/", [json, "content-length: 10"], "POST", "{"));
  await client.closed;
  expect(client.answered).toMatch(/HTTP\/1.1 408 [\s\S]*^connection: close\r$/im);
});

it("a small body that nobody wants costs no connection", async () => {
  const port = await listen(createServer(routeHandler(createTestAiwatch().aiwatch, "log", none)));
  const client = await rawClient(port);
  const request = requestText("/", [json, "content-length: 2"], "POST", "{}");
  client.socket.write(request + request);
  await client.answers(/HTTP\/1.1 429 /, 2);
  expect(client.answered).not.toMatch(/^connection: close/im);
});

describe.each(Object.values(doors))("a body that came whole at the door of $name", (door) => {
  it.each([
    ["in chunks, of none", "GET", "/livez", "transfer-encoding: chunked", "0\r\n\r\n", 200],
    ["in chunks", "GET", "/metrics", "transfer-encoding: chunked", "5\r\nhello\r\n0\r\n\r\n", 200],
    ["of 9,000 bytes", "GET", "/health", "content-length: 9000", "x".repeat(9000), 200],
    ["of 9,000 bytes, of a report", "POST", "/metrics/log", "content-length: 9000", "x".repeat(9000), 415],
    ["in chunks, of a report", "POST", "/metrics/log", "transfer-encoding: chunked", "1\r\nx\r\n0\r\n\r\n", 415],
  ] as const)(
    "%s, costs no connection: the requests behind it are answered",
    async (_what, method, path, header, body, status) => {
      const { port, requests } = await serve(door, [], { reports: clientReports() });
      const client = await rawClient(port);
      client.socket.write(requestText(path, [header], method, body) + requestText("/livez", []).repeat(3));
      await client.answers(/HTTP\/1.1 /, 4);
      expect(client.answered.match(/HTTP\/1.1 \d+/g)).toEqual([status, 200, 200, 200].map((one) => `HTTP/1.1 ${one}`));
      expect(client.answered).not.toMatch(/^connection: close/im);
      expect(requests.filter(({ failure }) => failure !== undefined)).toEqual([]);
    },
  );
});

describe("over HTTP/2", () => {
  it.each([
    ["too long for a report", 60_000, 413],
    ["far too long for a report", 200_000, 413],
  ])("a stream ends though its body, %s, was read in part", async (_what, bytes, status) => {
    const { aiwatch } = createTestAiwatch();
    const handle = routeHandler(aiwatch, "log", { reports: clientReports({ perClientPerMinute: 1000 }) });
    let closed = 0;
    const session = await open((req, res) => {
      (res as unknown as { stream: Socket }).stream.once("close", () => {
        closed += 1;
      });
      return handle(req, res);
    });
    const statuses: unknown[] = [];
    for (let n = 0; n < 20; n += 1) {
      const stream = session.request({ ":method": "POST", ":path": "/", "content-type": "application/json" });
      stream.on("error", () => {}).end(Buffer.alloc(bytes, " "));
      const [headers] = await once(stream.resume(), "response");
      statuses.push(headers[":status"]);
    }
    expect(statuses).toEqual(Array(20).fill(status));
    await expect.poll(() => closed).toBe(20);
  });

  async function open(listener: RequestListener) {
    const port = await listen(createHttp2Server(listener as never));
    const session = connectHttp2(`http://127.0.0.1:${port}`);
    onTestFinished(() => void session.destroy());
    return session;
  }

  it("a body that nobody wants stops alone: the answer is whole, no error, and the connection goes on", async () => {
    const session = await open(routeHandler(createTestAiwatch().aiwatch, "log", none) as never);
    const warnings: Error[] = [];
    const listenTo = (warning: Error) => warnings.push(warning);
    process.on("warning", listenTo);
    for (let n = 1; n <= 3; n += 1) {
      const stream = session.request({ ":method": "POST", ":path": "/", "content-type": "application/json" });
      let sent = 0;
      const send = () => {
        if (stream.destroyed || stream.writableEnded || sent >= longBytes) return;
        sent += 16_384;
        if (stream.write(Buffer.alloc(16_384, " "))) setImmediate(send);
        else stream.once("drain", send);
      };
      send();
      const answered = once(stream, "response");
      let text = "";
      stream.setEncoding("utf8").on("data", (data) => {
        text += data;
      });
      const [headers] = await answered;
      await once(stream, "close");
      expect([headers[":status"], stream.rstCode, session.destroyed]).toEqual([429, 0, false]);
      expect(JSON.parse(text)).toEqual({ error: expect.stringMatching(/^too many reports/) });
      expect(sent).toBeLessThan(fewBytes);
    }
    process.off("warning", listenTo);
    expect(warnings).toEqual([]);
  });

  it("an answer to a request without a body is whole", async () => {
    const { aiwatch, registry } = createTestAiwatch();
    const session = await open(metricsHandler(aiwatch) as never);
    const stream = session.request({ ":path": "/metrics" });
    let text = "";
    for await (const piece of stream.setEncoding("utf8")) text += piece;
    expect(stream.rstCode).toBe(0);
    expect(text.split("\n").filter((line) => line.startsWith("# TYPE"))).toHaveLength(
      registry.getMetricsAsArray().length,
    );
  });
});

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}
