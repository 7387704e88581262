import { expect } from "vitest";
import type { Behaviour } from "./behaviour.ts";
import { rawClient, requestText } from "./raw-client.ts";
import { serve } from "./served-app.ts";
import type { TestRoute } from "./test-route.ts";

const user: TestRoute = { path: "/users/:id", text: "user" };

/** What comes from people who mean no good. */
export const hostile: readonly Behaviour[] = [
  {
    name: "keeps methods that nobody serves in one series",
    async test(door) {
      const app = await serve(door, [user]);
      const client = await rawClient(app.port);
      const methods = ["PROPFIND", "BREW", "MKCOL", "SEARCH"];
      for (const method of methods) client.socket.write(requestText("/users/1", [], method));
      // BREW is none that Node knows: it closes the connection
      await client.closed;
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ method: "PROPFIND", route: "unmatched" });
      const text = await app.registry.metrics();
      expect(text).toContain('http_requests_total{method="other"');
      expect(text).not.toContain("PROPFIND");
    },
  },
  {
    name: "survives headers and paths that are made to break lines, labels and JSON",
    async test(door) {
      const app = await serve(door, [user]);
      const path = '/users/%0a{"level":"fatal"}?x=%0d%0a';
      const headers = [
        'user-agent: a"}\\n\u0001{"b":',
        'traceparent: 00-zz-"-01',
        "baggage: =,;=",
        "tracestate: \u0001",
      ];
      const client = await rawClient(app.port);
      client.socket.write(
        requestText(
          path,
          headers.map((header) => header.replaceAll("\u0001", "\t")),
        ),
      );
      await client.answers(/HTTP\/1.1 200/);
      const [record] = await app.settled(1);
      expect(record).toMatchObject({ route: "/users/:id", path: '/users/%0a{"level":"fatal"}' });
      expect(record?.userAgent).not.toMatch(/[\r\n]/);
      expect(app.diagnostics).toEqual([]);
      expect(await app.registry.metrics()).not.toContain("fatal");
    },
  },
  {
    name: "takes a path of 15 kB",
    async test(door) {
      const app = await serve(door, [user]);
      const client = await rawClient(app.port);
      client.socket.write(requestText(`/${"x".repeat(15_000)}`));
      await client.answers(/HTTP\/1.1 404/);
      expect((await app.settled(1))[0]?.path).toHaveLength(15_001);
      expect(app.spans()[0]?.attributes["url.path"]).toHaveLength(512);
      expect(app.diagnostics).toEqual([]);
    },
  },
  {
    name: "counts nothing of what is no HTTP",
    async test(door) {
      const app = await serve(door, [user]);
      const client = await rawClient(app.port);
      client.socket.write("hello\r\n\r\n");
      await client.closed;
      await app.settled(0);
    },
  },
];
