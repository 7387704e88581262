#!/usr/bin/env node
// Packs every package that is published and judges the tarball as its users would get it, by publint and attw:
// check-packages.js [FOLDER OF THE WORKSPACE]. Build first. One line a package, below it what is wrong; code 1 if any is.
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { checkPackage, createPackageFromTarballData } from "@arethetypeswrong/core";
import { publint } from "publint";
import { formatMessage } from "publint/utils";

const root = resolve(process.argv[2] ?? ".");
const published = readManifest(root)
  .workspaces.map((folder) => ({ folder: join(root, folder), manifest: readManifest(join(root, folder)) }))
  .filter(({ manifest }) => !manifest.private);
if (published.length === 0) throw new Error(`no package of ${root} is published`);

for (const { folder, manifest } of published) {
  const findings = await findingsOf(folder, manifest).catch((error) => [String(error)]);
  console.log(`${findings.length === 0 ? "ok   " : "WRONG"} ${manifest.name}@${manifest.version}`);
  for (const finding of findings) console.log(`      ${finding}`);
  if (findings.length > 0) process.exitCode = 1;
}

async function findingsOf(folder, manifest) {
  const { files, tarball } = pack(folder);
  const tests = files.filter((path) => /\.test\.[cm]?[jt]sx?$/.test(path)).map((path) => `pack: ${path} is a test`);
  const license = files.includes("LICENSE") ? [] : ["pack: LICENSE is missing"];
  const types = hasJavaScript(manifest.exports ?? manifest.main) ? await typeFindings(tarball, manifest) : [];
  return [...tests, ...license, ...(await manifestFindings(tarball)), ...types];
}

/** The tarball that `npm publish` would send, and the paths in it. */
function pack(folder) {
  const into = mkdtempSync(join(tmpdir(), "aiwatch-pack-"));
  try {
    const args = ["pack", "--json", "--silent", "--pack-destination", into];
    const output = execFileSync("npm", args, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });
    const [{ filename, files }] = Object.values(JSON.parse(output));
    return { files: files.map(({ path }) => path), tarball: readFileSync(join(into, filename)) };
  } finally {
    rmSync(into, { recursive: true });
  }
}

async function manifestFindings(tarball) {
  const { buffer, byteOffset, byteLength } = tarball;
  const bytes = buffer.slice(byteOffset, byteOffset + byteLength);
  const { messages, pkg } = await publint({ pack: { tarball: bytes }, strict: true });
  return messages.map((message) => `publint ${message.type}: ${formatMessage(message, pkg, { color: false })}`);
}

/** attw with its profile "node16": every way of resolving modules but the one from before `exports`. */
async function typeFindings(tarball, manifest) {
  const analysis = await checkPackage(createPackageFromTarballData(new Uint8Array(tarball)));
  if (!analysis.types) return ["attw: it has no types"];
  return analysis.problems
    .filter(({ resolutionKind }) => resolutionKind !== "node10")
    .filter(({ entrypoint }) => !isData(manifest.exports?.[entrypoint]))
    .filter(({ kind, entrypoint }) => kind !== "CJSResolvesToESM" || isForBoth(manifest.exports[entrypoint]))
    .map(({ kind, entrypoint = "", resolutionKind = "" }) => `attw: ${kind} ${entrypoint} ${resolutionKind}`.trimEnd());
}

/** An entry that is an ES module alone, such as one for `node --import`, says so by naming nothing for `require`. */
function isForBoth(target) {
  return typeof target === "object" && "require" in target;
}

/** A file such as YAML, which is found and never imported: there are no types to resolve. */
function isData(target) {
  return typeof target === "string" && !hasJavaScript(target);
}

/** False for packages of data, whose exports are JSON: there are no types to be wrong. */
function hasJavaScript(target) {
  if (typeof target === "string") return /\.[cm]?js$/.test(target);
  return Object.values(target ?? {}).some(hasJavaScript);
}

function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
}
