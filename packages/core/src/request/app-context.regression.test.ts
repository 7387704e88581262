import { createServer, type RequestListener } from "node:http";
import { context as contexts, createContextKey, propagation, trace } from "@opentelemetry/api";
import { suppressTracing, W3CBaggagePropagator } from "@opentelemetry/core";
import { beforeEach, describe, expect, it } from "vitest";
import { aiwatchNode } from "../doors/node.ts";
import { rawClient, requestText } from "../test-support/raw-client.ts";
import { serveWith } from "../test-support/served-app.ts";

const tenant = createContextKey("the app's tenant");

beforeEach(() => {
  propagation.disable();
  propagation.setGlobalPropagator(new W3CBaggagePropagator());
});

/** What the active context holds: the app's own value, and the user of its baggage. */
const held = () => [
  contexts.active().getValue(tenant),
  propagation.getBaggage(contexts.active())?.getEntry("user")?.value,
];

const answer: RequestListener = (req, res) => {
  const before = held();
  req.resume().on("end", () => res.end(JSON.stringify([before, held()])));
};

/** Runs the door as a middleware of the app's would, that puts a value and baggage of its own into the context. */
const behindMiddleware =
  (user: string | undefined, door: RequestListener): RequestListener =>
  (req, res) => {
    const own = contexts.active().setValue(tenant, "ada");
    const baggage = propagation.createBaggage(user === undefined ? {} : { user: { value: user } });
    contexts.with(user === undefined ? own : propagation.setBaggage(own, baggage), () => door(req, res));
  };

it("a span that is active around the door is no parent of its requests", async () => {
  const around = trace.getTracer("app").startSpan("startup");
  const app = await serveWith((aiwatch) => {
    const door = aiwatchNode(answer, aiwatch);
    return createServer((req, res) => contexts.with(trace.setSpan(contexts.active(), around), () => door(req, res)));
  });
  await (await fetch(app.url)).text();
  await app.ended(1);
  expect(app.spans().map(({ parentSpanContext }) => parentSpanContext)).toEqual([undefined]);
});

it("a request that the app's OpenTelemetry is told to ignore has no span of ours", async () => {
  const app = await serveWith((aiwatch) => {
    const door = aiwatchNode(answer, aiwatch);
    return createServer((req, res) => contexts.with(suppressTracing(contexts.active()), () => door(req, res)));
  });
  await (await fetch(app.url)).text();
  expect(await app.ended(1)).toMatchObject([{ status: 200 }]);
  expect(app.spans()).toEqual([]);
});

describe.each([
  ["with an SDK", () => {}],
  ["without one", () => trace.disable()],
])("what the app put into the context in front of the door, %s,", (_, begin) => {
  beforeEach(begin);

  it("is there in its handlers", async () => {
    const app = await serveWith((aiwatch) => createServer(behindMiddleware("own", aiwatchNode(answer, aiwatch))));
    const answered = await fetch(app.url, { method: "POST", body: "x", headers: { baggage: "user=theirs" } });
    expect(await answered.json()).toEqual([["ada", "own"], expect.anything()]);
    expect(app.diagnostics).toEqual([]);
  });

  it("leaves room for a caller's baggage where it has none", async () => {
    const app = await serveWith((aiwatch) =>
      createServer(behindMiddleware(undefined, aiwatchNode(answer, aiwatch, { outsideParents: "trust" }))),
    );
    const answered = await fetch(app.url, { headers: { baggage: "user=theirs" } });
    expect(await answered.json()).toEqual([["ada", "theirs"], expect.anything()]);
  });

  it("is not found by another request on its connection", async () => {
    const app = await serveWith((aiwatch) => createServer(aiwatchNode(answer, aiwatch, { outsideParents: "trust" })));
    const client = await rawClient(app.port);
    const ask = (...headers: string[]) => requestText("/", ["content-length: 1", ...headers], "POST", "x");
    client.socket.write(ask("baggage: user=first") + ask() + ask("connection: close"));
    await client.closed;
    expect(client.answered.match(/\[\[.*\]\]/g)).toEqual([
      expect.stringContaining('[null,"first"]'),
      "[[null,null],[null,null]]",
      "[[null,null],[null,null]]",
    ]);
  });
});
