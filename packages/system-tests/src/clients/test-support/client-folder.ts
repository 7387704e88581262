import { createHash } from "node:crypto";
import { cp, mkdtemp, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { npmInstall, toolFolder } from "@aiwatch/testkit";
import { packAs } from "../../consumers/test-support/pack-workspace.ts";

const apps = fileURLToPath(new URL("apps/", import.meta.url));

/**
 * A folder outside the repository with clients as the registry gives them, our apps, and our packages as they would be published. What the
 * registry gives is kept among the tools.
 */
export async function clientFolder(
  name: string,
  dependencies: Readonly<Record<string, string>>,
  ours = ["@aiwatch/core", "@aiwatch/openai"],
): Promise<string> {
  const manifest = JSON.stringify({ private: true, type: "module", dependencies });
  const version = createHash("sha256").update(manifest).digest("hex").slice(0, 12);
  const clients = await toolFolder(`clients-${name}-${version}`, async (draft) => {
    await writeFile(join(draft, "package.json"), manifest);
    await npmInstall(draft);
  });
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-clients-")));
  try {
    await cp(clients, folder, { recursive: true, verbatimSymlinks: true });
    await npmInstall(folder, await Promise.all(ours.map((each) => packAs(each, folder, async () => {}))));
    await cp(apps, folder, { recursive: true });
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true });
    throw error;
  }
}
