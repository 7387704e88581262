import { Agent, createServer, request } from "node:http";
import express5 from "express";
import express4 from "express4";
import express4Oldest from "express4-18";
import express5Oldest from "express5-0";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Aiwatch } from "../aiwatch/aiwatch.ts";
import { serveWith } from "../test-support/served-app.ts";
import { aiwatchExpress } from "./express.ts";

type Express = typeof express5;

const releases = [
  ["Express 5", express5],
  ["Express 5.0 with router 2.0", express5Oldest],
  ["Express 4", express4],
  ["Express 4.18", express4Oldest],
] as const;

/** A router with a route for each name, and one with a parameter. */
function routerOf(express: Express, ...names: readonly string[]) {
  const router = express.Router({ mergeParams: true });
  for (const name of names) router.get(`/${name}`, (_req, res) => void res.send(name));
  router.get("/page/:id", (_req, res) => void res.send("page"));
  return router;
}

/** An app with everything that something can be mounted on. */
function appOf(express: Express, isFive: boolean, aiwatch: Aiwatch) {
  const app = express();
  app.set("env", "test");
  app.use(aiwatchExpress(aiwatch));
  app.get("/", (_req, res) => void res.send("root"));
  app.get("/users/:id", (_req, res) => void res.send("user"));
  const nested = express.Router({ mergeParams: true });
  nested.use("/deep/:deep", routerOf(express, "end"));
  nested.use("/Mixed", routerOf(express, "end"));
  const strict = express.Router({ caseSensitive: true });
  strict.use("/Case", routerOf(express, "end"));
  const mounted: readonly (readonly [string | RegExp | string[], ReturnType<Express["Router"]>])[] = [
    ["/application", routerOf(express, "end")],
    ["/slash/", routerOf(express, "end")],
    ["/users/:id", nested],
    ["/pre-:id", routerOf(express, "end")],
    ["/flights/:from-:to", routerOf(express, "end")],
    [/^\/tenant-[^/]+/, routerOf(express, "end")],
    [/^\/(?:aa|bb)\d+/i, routerOf(express, "end")],
    [["/one", "/two/:x"], routerOf(express, "end")],
    [isFive ? "/opt{/v:version}" : "/opt/:version?", routerOf(express, "end")],
    [isFive ? "/files/*rest" : "/files/*", routerOf(express, "end")],
    ["/strict", strict],
  ];
  for (const [path, router] of mounted) app.use(path, router);
  const sub = express();
  sub.get("/page/:id", (_req, res) => void res.send("page"));
  sub.use("/inner", routerOf(express, "end"));
  app.use("/apps/:app", sub);
  const twice = express();
  twice.get("/end", (_req, res) => void res.send("end"));
  twice.use("/inner", routerOf(express, "end"));
  app.use("/first", twice);
  app.use("/second", twice);
  const either = express();
  either.get("/end", (_req, res) => void res.send("end"));
  app.use(["/left", "/right"], either);
  return app;
}

/** The templates of the app above, however a release writes them. */
const mounts = [
  "/application",
  "/slash",
  "/users/:id/deep/:deep",
  "/users/:id/Mixed",
  "/users/:id/mixed",
  "/pre-:id",
  "/flights/:from-:to",
  "^\\/tenant-[^/]+",
  "^\\/(?:aa|bb)\\d+",
  "/one",
  "/two/:x",
  "/one|/two/:x",
  "/opt",
  "/opt/v:version",
  "/opt{/v:version}",
  "/opt/:version",
  "/files/*rest",
  "/files/*",
  "/strict/Case",
  "/apps/:app",
  "/apps/:app/inner",
  "/first/inner",
  "/second/inner",
  "/second",
  "/left|/right",
];
const templates = new Set(["/", "/users/:id", "unmatched", "/*"]);
for (const mount of mounts) for (const end of ["/end", "/page/:id"]) templates.add(mount + end);

const literals = fc.constantFrom(
  ...["application", "slash", "users", "deep", "Mixed", "pre-", "flights", "tenant-", "aa", "bb", "one", "two", "opt"],
  ...["v", "files", "strict", "Case", "apps", "inner", "first", "second", "left", "right", "end", "page", ""],
);

/** A word of the app's in a spelling of the client's: of other letters, or some of them encoded. */
const spelled = fc
  .tuple(literals, fc.array(fc.constantFrom("as is", "upper", "encoded"), { maxLength: 8 }))
  .map(([word, ways]) =>
    [...word]
      .map((letter, at) => {
        if (ways[at] === "upper") return letter.toUpperCase();
        return ways[at] === "encoded" ? `%${letter.charCodeAt(0).toString(16)}` : letter;
      })
      .join(""),
  );

/** Whatever somebody makes a parameter of; words of the app's among them. */
const value = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }).map((text) => encodeURIComponent(text)),
  fc.stringMatching(/^[\w~!$&'()*+,;=:@.-]{0,12}$/),
  fc.constantFrom("%ZZ", "%2F", "%00", "%C3%28", "..", ".", "x".repeat(2000)),
  literals,
);

const segment = fc.oneof(
  { weight: 4, arbitrary: spelled },
  { weight: 2, arbitrary: value },
  { weight: 1, arbitrary: fc.tuple(spelled, value).map(([word, text]) => word + text) },
);

/** Ways that lead somewhere, each of their words in whatever spelling, and ways that lead nowhere. */
const known = fc.constantFrom(
  ["application", "end"],
  ["application", "page", ":"],
  ["slash", "end"],
  ["users", ":", "deep", ":", "end"],
  ["users", ":", "Mixed", "page", ":"],
  ["strict", "Case", "end"],
  ["two", ":", "end"],
  ["opt", "end"],
  ["files", ":", ":", "end"],
  ["apps", ":", "page", ":"],
  ["apps", ":", "inner", "end"],
  ["first", "inner", "end"],
  ["first", "end"],
  ["second", "inner", "end"],
  ["right", "end"],
);
const somewhere = fc
  .tuple(known, fc.array(value, { minLength: 4, maxLength: 4 }), fc.nat())
  .map(([words, values, seed]) =>
    words.map((word, at) => {
      if (word === ":") return values[at % 4] ?? "x";
      return [...word].map((letter, n) => ((seed >> (n + at)) & 1 ? letter.toUpperCase() : letter)).join("");
    }),
  );
const path = fc
  .tuple(
    fc.oneof(somewhere, fc.array(segment, { maxLength: 6 })),
    fc.constantFrom("", "/", "//", "?q=/application", "#x"),
  )
  .map(([segments, end]) => `/${segments.join("/")}${end}`);

/** Without the client's own ideas of what a path is. */
function ask(port: number, target: string, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request({ port, host: "127.0.0.1", path: "/", agent }, (res) => res.resume().once("end", resolve));
    sent.path = target;
    sent.once("error", reject).end();
  });
}

describe.each(releases)("the routes that %s names", (name, express) => {
  const build = (aiwatch: Aiwatch) => createServer(appOf(express, name.startsWith("Express 5"), aiwatch));

  it("are the app's own templates, whatever a client asks for", async () => {
    const { port, requests, ended, diagnostics } = await serveWith(build);
    const agent = new Agent();
    let asked = 0;
    await fc.assert(
      fc.asyncProperty(path, async (target) => {
        await ask(port, target, agent);
        asked += 1;
        await ended(asked);
        expect(templates).toContain(requests[asked - 1]?.route);
      }),
      { numRuns: 300, timeout: 5_000 },
    );
    agent.destroy();
    expect(diagnostics).toEqual([]);
  });

  it.each([
    ["/aPPlication/end", "/application/end"],
    ["/APPLICATION/page/application", "/application/page/:id"],
    ["/slash/end", "/slash/end"],
    ["/users/users/deep/deep/end", "/users/:id/deep/:deep/end"],
    ["/users/deep/DEEP/users/page/1", "/users/:id/deep/:deep/page/:id"],
    ["/users/%75sers/deep/%2F/end", "/users/:id/deep/:deep/end"],
    ["/pre-pre-/end", "/pre-:id/end"],
    ["/PRE-%41/end", "/pre-:id/end"],
    ["/strict/Case/end", "/strict/Case/end"],
    ["/strict/CASE/end", "unmatched"],
    ["/apps/apps/page/1", "/apps/:app/page/:id"],
    ["/APPS/inner/INNER/end", "/apps/:app/inner/end"],
    ["/first/end", "/*"],
    ["/Second/end", "/second/end"],
    ["/right/end", "/left|/right/end"],
  ])("%s is %s, however it is spelled", async (target, template) => {
    const { port, ended } = await serveWith(build);
    const agent = new Agent();
    await ask(port, target, agent);
    expect((await ended(1)).map(({ route }) => route)).toEqual([template]);
  });

  it("are as many as the app has, of 2,000 spellings of one mount", async () => {
    const { port, ended, sample } = await serveWith(build);
    const agent = new Agent({ keepAlive: true, maxSockets: 8 });
    const spellings = Array.from({ length: 2000 }, (_, n) =>
      [..."application"].map((letter, at) => ((n >> at) & 1 ? letter.toUpperCase() : letter)).join(""),
    );
    await Promise.all(spellings.map((spelling) => ask(port, `/${spelling}/end`, agent)));
    agent.destroy();
    await ended(2000);
    const labels = { method: "GET", endpoint: "/application/end", status: 200 };
    expect(await sample("genai_app_http_requests_total", labels)).toBe(2000);
    expect(await sample("genai_app_series_dropped_total", { metric: "genai_app_http_requests_total" })).toBe(0);
  });
});
