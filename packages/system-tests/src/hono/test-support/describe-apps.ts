import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWith, isInSpread, nodeRelease, npmInstall, runToEnd } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packAs } from "../../consumers/test-support/pack-workspace.ts";
import { type Resolution, resolutions, typeErrors } from "../../consumers/test-support/type-check.ts";

const apps = fileURLToPath(new URL("apps/", import.meta.url));
const peers = { "@opentelemetry/api": "1.9.1", "prom-client": "15.1.3", "@types/node": "24.19.2" };

/** What an app has beside core. */
const lines = [
  { title: "Hono 4.13", majors: [20, 22, 24], dependencies: { hono: "4.13.19", "@hono/node-server": "2.1.9" } },
  {
    // that server is not for newer releases of Node
    title: "the oldest releases",
    majors: [20],
    dependencies: { hono: "4.0.0", "@hono/node-server": "1.9.0" },
  },
];

let tarball = "";

/** What is packed is packed once, for all apps of a file. */
export function packCore(): void {
  let tarballs: string;
  beforeAll(async () => {
    tarballs = await mkdtemp(join(tmpdir(), "aiwatch-hono-"));
    tarball = await packAs("@aiwatch/core", tarballs, async () => {});
  });
  afterAll(() => rm(tarballs, { recursive: true }));
}

/** A folder outside the repository with what the registry gives; core, as it would be published, is installed into it next. */
async function folderWith(dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-hono-app-")));
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
  await npmInstall(folder);
  await cp(apps, folder, { recursive: true });
  for (const format of ["mts", "cts"]) await cp(join(apps, "typed-app.ts"), join(folder, `typed-app.${format}`));
  return folder;
}

function install(folder: string): void {
  beforeAll(() => npmInstall(folder, [tarball]));
  afterAll(() => rm(folder, { recursive: true }));
}

async function run(program: string, folder: string, file: string): Promise<Record<string, unknown>> {
  const { code, stdout, stderr } = await runToEnd(program, [file], { cwd: folder, timeoutMs: 60_000 });
  if (code !== 0 || stderr !== "") throw new Error(`${file} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout);
}

/**
 * An app with each line of releases.
 * @param isWhole whether each line is type checked under each resolution of modules. Else each resolution is that of one line, in turn. @default false
 */
export function describeLines(isWhole = false): void {
  for (const [column, line] of lines.entries()) {
    const of = (row: number) => isInSpread({ row, column, columns: lines.length, layer: 0, layers: 2 });
    describeLine(line, isWhole ? resolutions : resolutions.filter((_, row) => of(row)));
  }
}

function describeLine({ title, majors, dependencies }: (typeof lines)[number], checked: readonly Resolution[]): void {
  describeWith(
    `an app with ${title}`,
    () => folderWith({ ...peers, ...dependencies }),
    (folder) => {
      install(folder);

      it.each(checked)("type checks under %s, in both formats, and mistakes are found", async (resolution) => {
        const errors = await typeErrors(folder, ["typed-app.mts", "typed-app.cts"], resolution);
        // Hono's own declarations are for browsers, too
        expect(errors.filter((error) => !error.startsWith("node_modules/hono/"))).toEqual([]);
      });

      describe.each(majors)("on Node %i", (major) => {
        it.each(["own-app.mjs", "own-app-required.cjs"])("%s is observed", async (file) => {
          const { program } = await nodeRelease(major);
          expect(await run(program, folder, file)).toEqual({
            answers: [
              [200, "the-id", '{"id":"7","requestId":"the-id"}'],
              [500, "the-id", "failed"],
              [200, expect.any(String), "some"],
              [200, "the-id", "data: one\n\ndata: two\n\n"],
              [404, "the-id", "404 Not Found"],
              [200, null, '{"status":"ok"}\n'],
            ],
            counted: [
              ["/users/:id", 200, "ada", false, false],
              ["/broken", 500, "ada", false, false],
              ["/echo", 200, "ada", false, false],
              ["/chat", 200, "ada", true, false],
              ["unmatched", 404, "ada", false, false],
              ["/livez", 200, null, false, true],
            ],
            active: 0,
            chats: 1,
            faults: 0,
          });
        });
      });
    },
  );
}

/** Apps that are of one line. */
export function describeOtherApps(): void {
  const scalar = { hono: "4.13.19", "@hono/node-server": "2.1.9", "@scalar/mock-server": "0.14.4" };

  describeWith(
    "a public app, Scalar's mock server",
    () => folderWith({ ...peers, ...scalar }),
    (folder) => {
      install(folder);

      it.each([20, 22, 24])("answers as it does bare, and is observed, on Node %i", async (major) => {
        const { program } = await nodeRelease(major);
        const { bare, seen, counted, active, faults } = await run(program, folder, "public-app.mjs");
        expect(seen).toEqual(bare);
        expect([active, faults]).toEqual([0, 0]);
        expect(counted).toEqual([
          ["GET", "/items", 200],
          ["POST", "/items", 201],
          ["GET", "/items/:id", 200],
          ["DELETE", "/items/:id", 204],
          ["GET", "unmatched", 404],
          ["OPTIONS", "unmatched", 204],
          ["GET", "/openapi.json", 200],
        ]);
      });
    },
  );

  describeWith(
    "an app on Bun, which has no pair of Node's",
    async () => {
      const folder = await folderWith({ ...peers, hono: "4.13.19", bun: "1.4.5" });
      // scripts of packages are not run; this one puts the program where it belongs
      await runToEnd(process.execPath, ["install.js"], { cwd: join(folder, "node_modules/bun"), timeoutMs: 170_000 });
      return folder;
    },
    (folder) => {
      install(folder);

      it("answers as it does bare, and is observed by the web request and its response", async () => {
        const told = await run(join(folder, "node_modules/.bin/bun"), folder, "bun-app.mjs");
        const fixed = ["/text", "/empty", "/json"].map((route) => [route, 200, false]);
        const later = [
          ["/users/:id", 200, false],
          ["/events", 200, false],
          ["unmatched", 404, false],
          ["/stream", 499, true],
          ["/wait", 499, true],
          ["/livez", 200, false],
          ["/metrics", 200, false],
        ];
        expect(told).toEqual({
          different: [],
          named: 9,
          counted: [...fixed, ["/raw", 202, false], ["/bytes", 200, false], ["/redirect", 302, false], ...later],
          inScope: true,
          active: 0,
          scraped: true,
          faults: [],
        });
      });
    },
  );
}
