import { existsSync } from "node:fs";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { debianPackagesWithNeeds } from "../tools/debian-packages.ts";

export interface ChromiumTool {
  readonly executablePath: string;
  /** To be laid over the browser's environment. */
  readonly env: Record<string, string>;
}

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** `CHROMIUM_PATH`, else an installed one, else Debian's (about 125 MB with a font and the libraries that lack here). */
export async function findChromium(): Promise<ChromiumTool> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && !existsSync(named)) throw new Error(`CHROMIUM_PATH names no file: ${named}`);
  const installed = named ?? INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return { executablePath: installed, env: {} };
  const root = await debianPackagesWithNeeds("chromium", ["chromium", "fonts-dejavu-core"]);
  return {
    executablePath: join(root, "usr/lib/chromium/chromium"),
    env: { LD_LIBRARY_PATH: await libraryPath(root), FONTCONFIG_FILE: await fontConfiguration(root) },
  };
}

/**
 * Every folder of libraries in the unpacked root. Some packages keep libraries of their own one level deeper
 * (`pulseaudio`), and find them by absolute paths that do not hold here.
 */
async function libraryPath(root: string): Promise<string> {
  const libraries = await readdir(join(root, "usr/lib"), { recursive: true });
  const folders = libraries.filter((path) => /-linux-gnu\/([^/]+\/)?[^/]+\.so\b/.test(path)).map(dirname);
  return [...new Set(folders)].map((folder) => join(root, "usr/lib", folder)).join(":");
}

/** fontconfig's own configuration names only the machine's fonts, and may be absent. */
async function fontConfiguration(root: string): Promise<string> {
  const cache = join(root, "var/cache/fontconfig");
  await mkdir(cache, { recursive: true });
  const folders = [join(root, "usr/share/fonts"), "/usr/share/fonts"].map((folder) => `<dir>${folder}</dir>`);
  const file = join(root, "fonts.conf");
  await writeFile(file, `<fontconfig>${folders.join("")}<cachedir>${cache}</cachedir></fontconfig>\n`);
  return file;
}
