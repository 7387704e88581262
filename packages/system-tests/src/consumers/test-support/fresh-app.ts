import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall } from "@aiwatch/testkit";

const apps = fileURLToPath(new URL("apps/", import.meta.url));

/** A folder outside the repository with our apps and what the registry gives, not yet with us. Rejects where that cannot be had. */
export async function freshApp(dependencies: Readonly<Record<string, string>>): Promise<string> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-consumer-")));
  try {
    await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies }));
    await npmInstall(folder);
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
