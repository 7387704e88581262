import { mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { runToEnd } from "../process/run-to-end.ts";
import { withApt } from "./apt.ts";
import { toolFolder } from "./tools-folder.ts";

/** The contents of Debian packages in a folder of ours, as if it were the root of a machine. Nothing is installed. */
export function debianPackages(name: string, packages: readonly string[]): Promise<string> {
  return toolFolder(name, (folder) => withApt((apt) => unpack(folder, (into) => apt.download(packages, into))));
}

/** The same with everything the packages need that this machine lacks. */
export function debianPackagesWithNeeds(name: string, packages: readonly string[]): Promise<string> {
  return toolFolder(name, (folder) =>
    withApt(async (apt) => {
      const all = await apt.missing(packages);
      await unpack(folder, (into) => apt.download(all, into));
    }),
  );
}

async function unpack(folder: string, download: (into: string) => Promise<void>): Promise<void> {
  const downloads = await mkdtemp(join(folder, ".downloads-"));
  try {
    await download(downloads);
    const files = (await readdir(downloads)).filter((file) => file.endsWith(".deb"));
    for (const file of files) {
      const { code, stderr } = await runToEnd("dpkg", ["-x", join(downloads, file), folder]);
      if (code !== 0) throw new Error(`dpkg -x ${file} failed: ${stderr}`);
    }
  } finally {
    await rm(downloads, { recursive: true, force: true });
  }
}
