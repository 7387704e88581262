import { createHash } from "node:crypto";
import { cpSync } from "node:fs";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, toolFolder } from "@aiwatch/testkit";
import { packAs } from "../../consumers/test-support/pack-workspace.ts";

const apps = fileURLToPath(new URL("apps/", import.meta.url));

/** Our packages as they would be published. @returns the tarballs' paths */
export async function packOurs(): Promise<readonly string[]> {
  const into = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
  return await Promise.all(["@aiwatch/core", "@aiwatch/openai"].map((name) => packAs(name, into, async () => {})));
}

/**
 * A folder outside the repository with clients as the registry gives them, our apps, and our packages as they would be published. What the
 * registry gives is kept among the tools.
 * @param conflicts what npm does about peers that do not fit. @default it refuses
 */
export async function clientFolder(
  name: string,
  dependencies: Readonly<Record<string, string>>,
  tarballs: Promise<readonly string[]>,
  conflicts?: string,
): Promise<string> {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies });
  const version = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
  const clients = await toolFolder(`clients-${name}-${version}`, async (draft) => {
    await writeFile(join(draft, "package.json"), manifest);
    await npmInstall(draft, [], conflicts);
  });
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-clients-")));
  try {
    // at once: of ten thousand files the asynchronous copy takes seconds of JavaScript
    cpSync(clients, folder, { recursive: true, verbatimSymlinks: true });
    const ours = await tarballs;
    if (ours.length > 0) await npmInstall(folder, ours);
    await cp(apps, folder, { recursive: true });
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}
