import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith, isInSpread, nodeRelease, npmInstall, npmList } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshApp } from "./fresh-app.ts";
import { installedCopies } from "./installed-copies.ts";
import { type Line, lines, requiredPeers } from "./lines.ts";
import { type Packed, packWorkspace } from "./pack-workspace.ts";
import { typeErrors } from "./type-check.ts";
import { expectEntries, runsToEnd, type Use, uses } from "./uses.ts";

let packages: readonly Packed[];
const names = () => packages.map(({ name }) => name);

/** What is packed is packed once, for all apps of a file. */
export function packFirst(): void {
  let tarballs: string;
  beforeAll(async () => {
    tarballs = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
    packages = await packWorkspace(tarballs);
  });
  afterAll(() => rm(tarballs, { recursive: true }));
}

/**
 * An app of each line that runs on one of these majors of Node.
 * @param isWhole whether each line is type checked under each of its resolutions of modules, and does everything on each release. Else each
 * resolution is that of one line at least, in turn, and each use is made on some of the lines, on one of their releases in turn. @default false
 */
export function describeApps(majors: readonly number[], isWhole = false): void {
  for (const [column, line] of lines.entries()) {
    const nodes = line.nodes.filter((major) => majors.includes(major));
    if (nodes.length === 0) continue;
    const resolutions = line.resolutions.filter(
      (_, row) => isWhole || isInSpread({ row, column, columns: lines.length, layer: 0, layers: 2 }),
    );
    const cell = { column, columns: lines.length, layers: nodes.length, depths: 2 };
    const usesOn = (major: number) =>
      uses.filter((_, row) => isWhole || isInSpread({ row, layer: nodes.indexOf(major), ...cell }));
    const define = describeApp({ ...line, nodes, resolutions }, usesOn);
    describeWith(`an app with ${line.title}`, () => freshApp(line.peers), define);
  }
}

export function describeWithoutPeers(): void {
  describeWith("an app without any optional peer", () => freshApp(requiredPeers), describeWithout);
}

function describeApp(line: Line, usesOn: (major: number) => readonly Use[]): (folder: string) => void {
  return (folder) => {
    install(folder);

    test("has one copy of each peer and of each of ours, and they fit each other", async () => {
      const copies = await installedCopies(folder, [...names(), ...Object.keys(line.peers)]);
      for (const name of names()) expect(copies.get(name)).toHaveLength(1);
      for (const [name, version] of Object.entries(line.peers))
        expect([name, copies.get(name)]).toEqual([name, [version]]);
      await npmList(folder);
    });

    test.each(line.resolutions)("type checks under %s, in both formats, and mistakes are found", async (resolution) => {
      expect(await typeErrors(folder, ["typed-app.mts", "typed-app.cts"], resolution)).toEqual([]);
    });

    for (const major of line.nodes) {
      const get = () => nodeRelease(major);
      describeWith(`on Node ${major}`, get, (node) =>
        test.each(usesOn(major))("$title", ({ play }) => play({ node, folder, packages: names() })),
      );
    }
  };
}

function describeWithout(folder: string): void {
  install(folder);

  test("every entry loads; the preload says that it observes nothing", async () => {
    const stderr = await expectEntries(process.execPath, folder, names());
    expect(stderr).toMatch(/llamacpp\/register observes nothing: node-llama-cpp cannot be loaded/);
  });

  test("has spans that go nowhere, and is told what is missing where it asks for tracing", async () => {
    const { stdout } = await runsToEnd(process.execPath, folder, ["without-sdk.mjs"]);
    const message = expect.stringContaining("@opentelemetry/sdk-node");
    const told = { code: "AIWATCH_MISSING_PEER", message };
    expect(JSON.parse(stdout)).toEqual({ reason: "not_enabled", answer: "answered", ...told });
  });

  test("type checks, in both formats", async () => {
    expect(await typeErrors(folder, ["typed-entries.mts", "typed-entries.cts"], "nodenext")).toEqual([]);
  });
}

/** What is packed here, into an app that has the rest. */
function install(folder: string): void {
  beforeAll(async () => {
    const paths = packages.map(({ tarball }) => tarball);
    await npmInstall(folder, paths);
  });
  afterAll(() => rm(folder, { recursive: true }));
}
