import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** A module as a browser's bundler makes it. @returns what it and its own modules import, and the code */
export async function browserBundle(
  module: URL,
): Promise<{ readonly imports: readonly object[]; readonly code: string }> {
  const { metafile, outputFiles } = await build({
    entryPoints: [fileURLToPath(module)],
    bundle: true,
    platform: "browser",
    format: "esm",
    write: false,
    metafile: true,
    logLevel: "silent",
  });
  const imports = Object.values(metafile.inputs).flatMap((input) => input.imports);
  return { imports, code: outputFiles[0]?.text ?? "" };
}
