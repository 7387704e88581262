import { Agent, request, type Server } from "node:http";
import { createAdaptorServer } from "@hono/node-server";
import fc from "fast-check";
import { Hono } from "hono";
import { expect, it, onTestFinished } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchHono } from "./hono.ts";

function build(aiwatch: Aiwatch): Server {
  const tenants = new Hono();
  tenants.onError((_error, c) => c.text("failed", 500));
  tenants.get("/page/:id", (c) => c.text("page"));
  tenants.all("/any/*", (c) => c.text("any"));
  tenants.get("/broken", () => {
    throw new Error("broken");
  });
  const app = new Hono({ strict: false });
  app.use(aiwatchHono(aiwatch));
  app.use("/private/*", async (c, next) => (c.req.header("host") === "a.example" ? next() : c.text("no", 401)));
  app.get("/", (c) => c.text("root"));
  app.get("/users/:id", (c) => c.text("user"));
  app.get("/users/:id/x-:part{[a-z]+\\.json}", (c) => c.text("part"));
  app.get("/numbers/:n{[0-9]+}", (c) => c.text("number"));
  app.get("/maybe/:id?", (c) => c.text("maybe"));
  app.get("/files/*", (c) => c.text("file"));
  app.get("/private/:id", (c) => c.text("private"));
  app.route("/tenants/:tenant", tenants);
  return createAdaptorServer({ fetch: app.fetch }) as Server;
}

const templates = [
  ...["/", "/users/:id", "/users/:id/x-:part{[a-z]+\\.json}", "/numbers/:n{[0-9]+}", "/maybe/:id?", "/files/*"],
  ...["/private/:id", "/tenants/:tenant/page/:id", "/tenants/:tenant/any/*", "/tenants/:tenant/broken", "unmatched"],
];

/** One path for each template, so that every run has reached them all. */
const reached = [
  ...[
    "/",
    "/users/1",
    "/users/1/x-a.json",
    "/numbers/12",
    "/maybe",
    "/files/a",
    "/private/1",
    "/tenants/t/page/1",
    "/tenants/t/any/1",
  ],
  ...["/tenants/t/broken", "/nowhere"],
];

const word = fc.constantFrom(
  ...["users", "x-a.json", "numbers", "12", "maybe", "files", "private", "tenants", "page", "any", "broken"],
  ...["", "*", ":id"],
);
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => encodeURIComponent(text)),
  fc.stringMatching(/^[\w~!$&'()*+,;=:@.-]{0,12}$/),
  fc.constantFrom("%2F", "%00", "..", "%zz", "x".repeat(2000)),
);
const path = fc
  .tuple(fc.array(fc.oneof(word, value), { maxLength: 5 }), fc.constantFrom("", "/", "//", "?q=/users"))
  .map(([segments, end]) => `/${segments.join("/")}${end}`);

it("names the app's own templates alone, whatever a client asks for", async () => {
  const { port, requests, ended, diagnostics } = await serveWith(build);
  const agent = new Agent();
  onTestFinished(() => agent.destroy());
  const ask = (target: string, host: string) =>
    new Promise<void>((resolve, reject) => {
      const options = { port, host: "127.0.0.1", agent, headers: { host } };
      const sent = request(options, (res) => res.resume().once("end", resolve));
      sent.path = target;
      sent.once("error", reject).end();
    });
  let asked = 0;
  await fc.assert(
    fc.asyncProperty(path, fc.constantFrom("x", "a.example"), async (target, host) => {
      await ask(target, host);
      asked += 1;
      await ended(asked);
      expect(templates).toContain(requests[asked - 1]?.route);
    }),
    { numRuns: 300, timeout: 5_000, examples: reached.map((target) => [target, "a.example"]) },
  );
  expect(new Set(requests.map(({ route }) => route))).toEqual(new Set(templates));
  expect(diagnostics).toEqual([]);
});
