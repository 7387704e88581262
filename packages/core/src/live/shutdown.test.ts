import { once } from "node:events";
import { connect, createServer } from "node:http2";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, expect, it } from "vitest";
import { aiwatchNode } from "../doors/node.ts";
import { handleSignals } from "../shutdown/index.ts";
import { doors } from "../test-support/doors.ts";
import { serve } from "../test-support/served-app.ts";
import { createTestAiwatch } from "../testing/index.ts";
import { liveStream } from "./index.ts";
import { EventReader, openStream } from "./test-support/event-stream.ts";

/** A signal that nobody else sends, emitted as Node would. */
const signal = "SIGUSR2";
const removers: (() => void)[] = [];
afterEach(() => {
  for (const remove of removers.splice(0)) remove();
});

/** How the process exits, and after how many milliseconds. */
function stopped(...[aiwatch, options]: Parameters<typeof handleSignals>) {
  const exited = new Promise<number>((exit) => {
    removers.push(handleSignals(aiwatch, { ...options, signals: [signal], timeoutMs: 10_000, exit }));
  });
  return async () => {
    const began = performance.now();
    process.emit(signal, signal);
    return { code: await exited, ms: performance.now() - began };
  };
}

it.each(Object.values(doors))("a stream at the door of $name holds up no shutdown", async (door) => {
  const { aiwatch, url, server } = await serve(door, [{ path: "/chat", text: "an answer" }], {
    live: liveStream(),
    public: true,
  });
  const stop = stopped(aiwatch, { server });
  const stream = await openStream(`${url}/metrics/live`);
  await stream.until(() => true);
  const { code, ms } = await stop();
  expect([code, ms < 900, await stream.over, stream.reader.live?.summary.state]).toEqual([0, true, true, "draining"]);
});

it("a stream is ended before the servers wait for the load balancer", async () => {
  const { aiwatch, url, server } = await serve(doors["node:http"], [], { live: liveStream(), public: true });
  const stop = stopped(aiwatch, { server, drainMs: 1500 });
  const stream = await openStream(`${url}/metrics/live`);
  await stream.until(() => true);
  const exit = stop();
  expect(await Promise.race([stream.over, sleep(900).then(() => "late")])).toBe(true);
  expect((await fetch(`${url}/metrics/live`)).status).toBe(503);
  expect(await exit).toMatchObject({ code: 0 });
});

async function servedByHttp2() {
  const { aiwatch, requests } = createTestAiwatch();
  const listener = aiwatchNode((_req, res) => void res.end("x"), aiwatch, { live: liveStream(), public: true });
  const server = createServer(listener as never).listen(0, "127.0.0.1");
  await once(server, "listening");
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
  removers.push(() => session.destroy());
  removers.push(() => void server.close());
  const open = async () => {
    const stream = session.request({ ":path": "/metrics/live" }).setEncoding("utf8");
    const [headers] = await once(stream, "response");
    const reader = new EventReader();
    stream.on("data", (piece: string) => reader.push(piece)).on("error", () => {});
    await once(stream, "data");
    return { stream, reader, headers };
  };
  return { aiwatch, requests, server, session, open };
}

it("several streams on one connection of HTTP/2 are told what goes on, and end whole at a shutdown", async () => {
  const { aiwatch, requests, server, open } = await servedByHttp2();
  const stop = stopped(aiwatch, { server: server as never });
  const streams = [await open(), await open()];
  expect(streams[0]?.headers).toMatchObject({ ":status": 200, "content-type": "text/event-stream; charset=utf-8" });
  aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
  for (const { stream } of streams) await once(stream, "data");
  const ends = streams.map(({ stream }) => once(stream, "end"));
  const { code, ms } = await stop();
  await Promise.all(ends);
  expect([code, ms < 900]).toEqual([0, true]);
  const shown = streams.map(({ reader }) => reader.live?.summary);
  expect(shown).toMatchObject(Array(2).fill({ state: "draining", totals: { answered: 1 } }));
  expect(requests.map(({ route, status }) => [route, status])).toEqual(Array(2).fill(["/metrics/live", 200]));
});

it("a stream of HTTP/2 that its reader resets is gone, and the others go on", async () => {
  const { aiwatch, open, requests } = await servedByHttp2();
  const [first, second] = [await open(), await open()];
  first.stream.close();
  await once(first.stream, "close");
  aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
  await once(second.stream, "data");
  expect(second.reader.live?.summary.totals.answered).toBe(1);
  expect(requests).toHaveLength(2);
});
