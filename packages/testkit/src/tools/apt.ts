import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type FinishedProcess, runToEnd } from "../process/running-process.ts";
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

export interface Apt {
  /** Downloads packages into a folder as `.deb` files. */
  download(packages: readonly string[], into: string): Promise<void>;
  /** `packages` and what they need that this machine lacks, as apt would install them; nothing is installed. */
  missing(packages: readonly string[]): Promise<string[]>;
}

/**
 * Runs `work` with the machine's package lists, and once more with fresh private ones when that fails: lists can be
 * absent (slim images) or name files that were replaced. Nothing here needs root or changes the machine.
 */
export async function withApt<T>(work: (apt: Apt) => Promise<T>): Promise<T> {
  try {
    return await work(aptWith([]));
  } catch (error) {
    const program = missingProgram(error);
    if (program !== undefined) throw new Error(`${program} is not on this machine`, { cause: error });
  }
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-apt-"));
  try {
    const lists = await privateLists(folder);
    await aptGet([...lists, "update"]);
    return await work(aptWith(lists));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function aptWith(lists: readonly string[]): Apt {
  return {
    download: async (packages, into) => {
      await aptGet([...lists, "download", ...packages], into);
    },
    missing: async (packages) => {
      const plan = await aptGet([...lists, "install", "--simulate", "--no-install-recommends", ...packages]);
      return [...plan.stdout.matchAll(/^Inst (\S+)/gm)].flatMap(([, name]) => name ?? []);
    },
  };
}

async function privateLists(folder: string): Promise<string[]> {
  await Promise.all(
    ["lists/partial", "archives/partial"].map((name) => mkdir(join(folder, name), { recursive: true })),
  );
  return ["-o", `Dir::State::Lists=${folder}/lists`, "-o", `Dir::Cache=${folder}`];
}

/** As the user we are: apt's own unprivileged user cannot write into our folders. */
const AS_OURSELVES = ["-o", "APT::Sandbox::User=root", "-y"];

async function aptGet(args: readonly string[], cwd?: string): Promise<FinishedProcess> {
  const env = { LC_ALL: "C", DEBIAN_FRONTEND: "noninteractive" };
  const finished = await runToEnd("apt-get", [...AS_OURSELVES, ...args], cwd === undefined ? { env } : { env, cwd });
  if (finished.code !== 0) throw new Error(`apt-get failed (code ${finished.code}): ${complaint(finished.stderr)}`);
  return finished;
}

/** apt's errors without its warnings, and without addresses: those are the machine's business. */
function complaint(stderr: string): string {
  const errors = stderr.split("\n").filter((line) => line.startsWith("E:"));
  return errors.join(" ").replaceAll(/\w+:\/\/\S+/g, "(address)") || "it does not say why";
}

function missingProgram(error: unknown): string | undefined {
  const { code, path } = error as NodeJS.ErrnoException;
  return code === "ENOENT" ? path : undefined;
}
