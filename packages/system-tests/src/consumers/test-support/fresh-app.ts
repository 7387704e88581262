import { createHash } from "node:crypto";
import { cpSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, toolFolder } from "@aiwatch/testkit";

const apps = fileURLToPath(new URL("apps/", import.meta.url));

/**
 * A folder outside the repository with our apps and what the registry gives, not yet with us. What the registry gives is kept among the tools. Rejects
 * where that cannot be had.
 */
export async function freshApp(dependencies: Readonly<Record<string, string>>): Promise<string> {
  const manifest = JSON.stringify({ private: true, dependencies });
  const version = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
  const fetched = await toolFolder(`app-${version}`, async (draft) => {
    await writeFile(join(draft, "package.json"), manifest);
    await npmInstall(draft);
  });
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-consumer-")));
  try {
    // at once: of ten thousand files the asynchronous copy takes seconds of JavaScript
    cpSync(fetched, folder, { recursive: true, verbatimSymlinks: true });
    await cp(apps, folder, { recursive: true });
    for (const name of ["typed-app", "typed-entries"]) {
      for (const format of ["mts", "cts"]) await cp(join(apps, `${name}.ts`), join(folder, `${name}.${format}`));
    }
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}
