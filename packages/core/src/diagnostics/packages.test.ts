import { mkdir, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { findPackages } from "./packages.ts";

/** An app's folder with these packages, by their paths in it. */
async function appWith(versions: Readonly<Record<string, string>>): Promise<string> {
  const app = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-packages-")));
  onTestFinished(() => rm(app, { recursive: true }));
  for (const [path, manifest] of Object.entries(versions)) {
    await mkdir(join(app, path), { recursive: true });
    await writeFile(join(app, path, "package.json"), manifest);
    await writeFile(join(app, path, "index.js"), "module.exports = {};");
  }
  return app;
}

const version = (text: string) => JSON.stringify({ version: text });

it("two copies of a peer are found, the app's and the one that ours find, and which of them is loaded", async () => {
  const nested = "node_modules/@aiwatch/core/node_modules/prom-client";
  const ofTracing = "node_modules/@aiwatch/tracing/node_modules/@opentelemetry/api";
  const app = await appWith({
    "node_modules/prom-client": version("15.1.3"),
    "node_modules/@opentelemetry/api": version("1.9.1"),
    "node_modules/@aiwatch/tracing": version("1.0.0"),
    [ofTracing]: version("1.9.0"),
    "node_modules/@aiwatch/core": version("1.0.0"),
    [nested]: version("15.0.0"),
  });
  createRequire(join(app, "app.js"))(join(app, nested));
  const packages = new Map((await findPackages([app])).map(({ name, copies }) => [name, copies]));
  expect(packages.get("@aiwatch/core")).toContainEqual({
    version: "1.0.0",
    path: join(app, "node_modules/@aiwatch/core"),
  });
  const copies = packages.get("prom-client")?.filter(({ path }) => path.startsWith(app));
  expect(copies).toEqual([
    { version: "15.1.3", path: join(app, "node_modules/prom-client") },
    { version: "15.0.0", path: join(app, nested), loaded: true },
  ]);
  const apis = packages.get("@opentelemetry/api")?.filter(({ path }) => path.startsWith(app));
  expect(apis?.map((copy) => [copy.version, copy.loaded])).toEqual([
    ["1.9.1", undefined],
    ["1.9.0", undefined],
  ]);
});

it("one copy is one, from however many folders it is found; a manifest that cannot be read leaves the version out", async () => {
  const app = await appWith({ "node_modules/express": "{", "node_modules/hono": version("4.0.0"), "a/b": "{}" });
  const packages = await findPackages([join(app, "a/b"), join(app, "a"), app]);
  const ofApp = packages.flatMap(({ name, copies }) => copies.map((copy) => ({ name, ...copy })));
  expect(ofApp.filter(({ path }) => path.startsWith(app))).toEqual([
    { name: "express", path: join(app, "node_modules/express") },
    { name: "hono", version: "4.0.0", path: join(app, "node_modules/hono") },
  ]);
});

it("a package that is nowhere is left out", async () => {
  const app = await appWith({});
  expect((await findPackages([app])).map(({ name }) => name)).not.toContain("@aiwatch/llamacpp");
});
