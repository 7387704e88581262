import { cp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { editManifest, packAs } from "./pack-workspace.ts";

/** The packages that have core as their peer are of 1.1; core is of the same minor, of the one before or of the next. */
export const releases = { older: "1.0.0", same: "1.1.0", newer: "1.2.0" } as const;
export type Release = keyof typeof releases;

/** Paths of tarballs. */
export interface ReleasedPackages {
  readonly core: Readonly<Record<Release, string>>;
  readonly others: readonly string[];
}

export async function packReleases(into: string): Promise<ReleasedPackages> {
  const coreOf = (release: Release) => packAs("@aiwatch/core", into, (folder) => becomeCore(folder, release));
  const others = ["@aiwatch/logging", "@aiwatch/tracing", "@aiwatch/llamacpp", "@aiwatch/openai"];
  return {
    core: { older: await coreOf("older"), same: await coreOf("same"), newer: await coreOf("newer") },
    others: await Promise.all(others.map((name) => packAs(name, into, becomeDependent))),
  };
}

/** Puts another core below llamacpp, as an installer does that is told to take what does not fit. */
export async function nestCore(folder: string, release: Release, hasMoreRows: boolean): Promise<void> {
  const nested = join(folder, "node_modules/@aiwatch/llamacpp/node_modules/@aiwatch/core");
  await rm(nested, { recursive: true, force: true });
  await cp(join(folder, "node_modules/@aiwatch/core"), nested, { recursive: true });
  await becomeCore(nested, release, hasMoreRows);
}

async function becomeDependent(folder: string): Promise<void> {
  await editManifest(folder, (manifest) => {
    const peerDependencies = { ...manifest.peerDependencies, "@aiwatch/core": `^${releases.same}` };
    return { ...manifest, version: releases.same, peerDependencies };
  });
}

const catalogue = /\bcatalogue = \{/;
const builtVersion = /version: "\d+\.\d+\.\d+"/;
const row = `added: { type: "gauge", name: "genai_app_added", help: "added", labels: {}, aggregation: "sum" },`;

/** The version stands in what was built, too: in one chunk of each format, as the catalogue does. */
async function becomeCore(folder: string, release: Release, hasMoreRows = false): Promise<void> {
  const version = releases[release];
  await editManifest(folder, (manifest) => ({ ...manifest, version }));
  const dist = join(folder, "dist");
  await replaceInChunks(dist, builtVersion, () => `version: "${version}"`);
  if (hasMoreRows) await replaceInChunks(dist, catalogue, (begin) => begin + row);
}

async function replaceInChunks(dist: string, pattern: RegExp, replace: (text: string) => string): Promise<void> {
  const chunks = (await readdir(dist)).filter((file) => /^chunk-.*\.c?js$/.test(file));
  let found = 0;
  for (const chunk of chunks) {
    const text = await readFile(join(dist, chunk), "utf8");
    if (!pattern.test(text)) continue;
    found += 1;
    await writeFile(join(dist, chunk), text.replace(pattern, replace));
  }
  if (found !== 2) throw new Error(`${pattern} is not once in each format of core, but in ${found} chunks`);
}
