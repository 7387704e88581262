import type { IncomingMessage } from "node:http";
import { liveStream } from "@aiwatch/core/live";
import { expect } from "vitest";
import { openStream } from "../live/test-support/event-stream.ts";
import type { Behaviour } from "./behaviour.ts";
import { serve } from "./served-app.ts";

const authorize = (req: IncomingMessage) => req.headers["x-key"] === "right";
const key = { "x-key": "right" };

/** `GET /metrics/live`, through every door. */
export const liveStreams: readonly Behaviour[] = [
  {
    name: "streams what goes on where the app opted in, and counts the stream when it begins",
    async test(door) {
      const app = await serve(door, [], { live: liveStream(), authorize });
      const stream = await openStream(`${app.url}/metrics/live`, { ...key, "last-event-id": "7" });
      expect([stream.status, stream.headers["content-type"]]).toEqual([200, "text/event-stream; charset=utf-8"]);
      expect([stream.headers["cache-control"], stream.headers["x-accel-buffering"]]).toEqual([
        "no-store, no-transform",
        "no",
      ]);
      // whoever closes a server waits for connections that stay open
      expect(stream.headers.connection).toBe("close");
      await stream.until(({ chats }) => chats.underWay === 0);
      const inference = app.aiwatch.startInference({ model: "tiny" });
      inference.token();
      const { chats } = await stream.until((live) => live.summary.now.active === 1);
      expect(chats.chats).toMatchObject([{ phase: "decode", model: "tiny" }]);
      inference.end({ unified: "stop" });
      await stream.until((live) => live.summary.totals.answered === 1 && live.chats.chats[0]?.outcome === "answered");
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ route: "/metrics/live", status: 200, own: true, aborted: false });
      expect(record?.durationMs).toBeLessThan(900);
      stream.close();
      await stream.over;
      await fetch(`${app.url}/livez`);
      expect((await app.settled(2)).map(({ route }) => route)).toEqual(["/metrics/live", "/livez"]);
      expect(app.diagnostics).toEqual([]);
    },
  },
  {
    name: "streams to nobody who is not authorized, and to strangers phases and times alone where that is public",
    async test(door) {
      const closed = await serve(door, [], { live: liveStream(), authorize, routes: { live: "/own/live" } });
      expect((await fetch(`${closed.url}/own/live`)).status).toBe(403);
      const open = await serve(door, [], { live: liveStream(), authorize, public: true });
      const inference = open.aiwatch.startInference({ model: "secret-model" });
      inference.token();
      const [stranger, known] = [
        await openStream(`${open.url}/metrics/live`),
        await openStream(`${open.url}/metrics/live`, key),
      ];
      const read = {
        strangers: (await stranger.until(() => true)).chats,
        known: (await known.until(() => true)).chats,
      };
      expect(Object.keys(read.strangers.chats[0] ?? {}).sort()).toEqual([
        "ageMs",
        "firstTokenMs",
        "key",
        "ms",
        "phase",
      ]);
      expect(read.known.chats).toMatchObject([{ model: "secret-model", outputTokens: 1 }]);
      inference.token();
      inference.end({ unified: "stop" });
      await Promise.all([stranger, known].map(({ until }) => until(({ summary }) => summary.totals.answered === 1)));
      expect(JSON.stringify(stranger.reader.live?.chats)).not.toContain("secret");
      for (const stream of [stranger, known]) stream.close();
    },
  },
  {
    name: "refuses a stream too many, and lets a server close at once that has streams open",
    async test(door) {
      const app = await serve(door, [], { live: liveStream({ maxClients: 1 }), public: true });
      const stream = await openStream(`${app.url}/metrics/live`);
      await stream.until(() => true);
      const refused = await fetch(`${app.url}/metrics/live`);
      expect([refused.status, refused.headers.get("retry-after")]).toEqual([503, "10"]);
      expect(await refused.json()).toEqual({ error: expect.stringContaining("maxClients") });
      app.aiwatch.startDraining();
      const began = performance.now();
      await new Promise((resolve) => app.server.close(resolve));
      expect(performance.now() - began).toBeLessThan(900);
      expect([await stream.over, stream.reader.live?.summary.state]).toEqual([true, "draining"]);
    },
  },
  {
    name: "ends a stream within moments where a server is closed that nobody said is to drain",
    async test(door) {
      const app = await serve(door, [], { live: liveStream(), public: true });
      const stream = await openStream(`${app.url}/metrics/live`);
      await stream.until(() => true);
      await new Promise((resolve) => app.server.close(resolve));
      expect(await stream.over).toBe(true);
    },
  },
  {
    name: "leaves /metrics/live to the app where it did not opt in",
    async test(door) {
      const app = await serve(door, [{ path: "/metrics/live", text: "the app's" }]);
      expect(await (await fetch(`${app.url}/metrics/live`)).text()).toBe("the app's");
    },
  },
];
