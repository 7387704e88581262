import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, runToEnd, toolFolder } from "@aiwatch/testkit";

export const bundlers = ["esbuild", "rollup"] as const;
export type Bundler = (typeof bundlers)[number];

export const formats = ["cjs", "esm"] as const;
export type Format = (typeof formats)[number];

const build = fileURLToPath(new URL("build.mjs", import.meta.url));
const releases = [
  "esbuild@0.28.2",
  "rollup@4.67.4",
  "@rollup/plugin-node-resolve@16.0.3",
  "@rollup/plugin-commonjs@29.0.3",
  "@rollup/plugin-json@6.1.0",
];

/** The bundlers, kept among the tools. */
function bundlerFolder(): Promise<string> {
  return toolFolder("bundlers-1", async (draft) => {
    await writeFile(join(draft, "package.json"), JSON.stringify({ private: true }));
    // esbuild's binary is an optional package
    await npmInstall(draft, ["--include=optional", ...releases]);
  });
}

export interface BundleRequest {
  readonly bundler: Bundler;
  /** The app's path. */
  readonly entry: string;
  /** What the app and the packages in it are written in. @default "esm" */
  readonly sources?: Format;
  /** The folder of the bundles. */
  readonly into: string;
  /** Gives a CommonJS bundle an `import.meta.url`, where the bundler does not by itself. */
  readonly definesMetaUrl?: boolean;
}

/** One minified file for each format. */
export async function bundleApp({
  bundler,
  entry,
  sources = "esm",
  into,
  definesMetaUrl = false,
}: BundleRequest): Promise<Readonly<Record<Format, string>>> {
  const files = { cjs: join(into, `${bundler}-${sources}.cjs`), esm: join(into, `${bundler}-${sources}.mjs`) };
  const outputs = formats.map((format) => ({ format, file: files[format] }));
  const args = [build, JSON.stringify({ bundler, entry, sources, outputs })];
  const env = { DEFINES_META_URL: String(definesMetaUrl) };
  const { code, stderr } = await runToEnd(process.execPath, args, {
    cwd: await bundlerFolder(),
    env,
    timeoutMs: 280_000,
  });
  if (code !== 0) throw new Error(`${bundler} ended with ${code}: ${stderr.slice(0, 2_000)}`);
  return files;
}
