import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packageFolder } from "../package-folder.ts";
import { cli } from "../test-support/run-cli.ts";
import { copyStack, stackFiles } from "./copy.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "aiwatch-copy-"));
});
afterEach(() => rm(root, { recursive: true }));

const files = await stackFiles();

async function filesIn(folder: string): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = found.filter((file) => file.isFile()).map((file) => join(file.parentPath, file.name));
  return paths.map((path) => path.slice(folder.length + 1)).sort();
}

async function expectWhole(folder: string): Promise<void> {
  expect(await filesIn(folder)).toEqual(files);
  for (const file of files)
    expect(await readFile(join(folder, file))).toEqual(await readFile(join(packageFolder, file)));
}

describe("copy", () => {
  it("has the dashboards, the stack and no code", () => {
    expect(files).toEqual(
      expect.arrayContaining(["compose.yaml", "grafana/dashboards/llm-dashboard.json", "runbooks/AIWatchJobDown.md"]),
    );
    expect(files.filter((file) => /\.[jt]s$|^src|^dist/.test(file))).toEqual([]);
  });

  it("makes a folder, and those above it", async () => {
    const folder = join(root, "a/b");
    const run = await cli("copy", folder);
    expect(run).toEqual({ code: 0, out: `${files.length} files copied to ${folder}`, err: "", progress: [] });
    await expectWhole(folder);
    expect(await readdir(join(root, "a"))).toEqual(["b"]);
  });

  it.each(["a folder of its own", "one that was there"])(
    "makes files that every container's user reads and the owner alone writes: in %s",
    async (kind) => {
      const from = join(root, "package");
      await mkdir(join(from, "prometheus/rules"), { recursive: true });
      await writeFile(join(from, "package.json"), JSON.stringify({ files: ["prometheus"] }));
      for (const [name, mode] of [
        ["prometheus/closed", 0o600],
        ["prometheus/rules/open", 0o666],
      ] as const) {
        await writeFile(join(from, name), "");
        await chmod(join(from, name), mode);
      }
      await chmod(join(from, "prometheus/rules"), 0o700);
      const folder = join(root, "ours");
      if (kind !== "a folder of its own") await mkdir(folder);
      const umask = process.umask(0o077);
      await copyStack(folder, { force: true, from }).finally(() => process.umask(umask));
      const modeOf = async (path: string) => ((await stat(join(folder, path))).mode & 0o777).toString(8);
      expect(await modeOf("prometheus")).toBe("755");
      expect(await modeOf("prometheus/rules")).toBe("755");
      expect(await modeOf("prometheus/closed")).toBe("644");
      expect(await modeOf("prometheus/rules/open")).toBe("644");
    },
  );

  it("fills a folder that is empty", async () => {
    expect(await cli("copy", root)).toMatchObject({ code: 0, err: "" });
    await expectWhole(root);
  });

  it("has the runbooks link to one's own Grafana, and refuses what is no address", async () => {
    expect(await cli("copy", root, "--grafana", "https://grafana.example/")).toMatchObject({ code: 0, err: "" });
    const runbook = await readFile(join(root, "runbooks/AIWatchJobDown.md"), "utf8");
    expect(runbook).toContain("(https://grafana.example/d/llm-dashboard)");
    expect(runbook).not.toContain("localhost:3001");
    const wrong = await cli("copy", join(root, "other"), "--grafana", "grafana:3000");
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining("It is no address of a Grafana") });
    expect(await readdir(root)).not.toContain("other");
  });

  it("refuses one that is not, and leaves it as it was", async () => {
    await writeFile(join(root, "ours.yaml"), "ours");
    const run = await cli("copy", root);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining(`${root} is not empty (ours.yaml)`) });
    expect(await filesIn(root)).toEqual(["ours.yaml"]);
  });

  it("with --force replaces our files in it, says which, and keeps the others", async () => {
    await writeFile(join(root, "ours.yaml"), "ours");
    await writeFile(join(root, "compose.yaml"), "changed");
    expect(await cli("copy", root, "--force")).toMatchObject({ code: 0, err: "replaced compose.yaml" });
    expect(await filesIn(root)).toEqual([...files, "ours.yaml"].sort());
    expect(await readFile(join(root, "compose.yaml"))).toEqual(await readFile(join(packageFolder, "compose.yaml")));
  });
});

describe("copy, half-way", () => {
  it("touches nothing where a folder is in a file's place", async () => {
    await mkdir(join(root, "prometheus/prometheus.yml"), { recursive: true });
    const run = await cli("copy", root, "--force");
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining("prometheus.yml is a folder") });
    expect(await filesIn(root)).toEqual([]);
  });

  it("touches nothing where a file is in a folder's place", async () => {
    await writeFile(join(root, "grafana"), "ours");
    expect(await cli("copy", root, "--force")).toMatchObject({ code: 2 });
    expect(await filesIn(root)).toEqual(["grafana"]);
  });

  it.each(["new", "there"])("leaves nothing of what failed in a folder that is %s", async (kind) => {
    // a socket cannot be copied, and comes after a file that can
    const from = join(root, "package");
    await mkdir(join(from, "grafana"), { recursive: true });
    await writeFile(join(from, "package.json"), JSON.stringify({ files: ["compose.yaml", "grafana"] }));
    await writeFile(join(from, "compose.yaml"), "of the package");
    const socket = createServer().listen(join(from, "grafana/socket"));
    await once(socket, "listening");
    const folder = join(root, "a/ours");
    if (kind === "there") {
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "compose.yaml"), "ours");
    }
    await expect(copyStack(folder, { force: true, from })).rejects.toThrow(/cannot be written: .*Nothing was copied$/);
    socket.close();
    expect((await readdir(root)).sort()).toEqual(kind === "there" ? ["a", "package"] : ["package"]);
    if (kind !== "there") return;
    expect(await filesIn(join(root, "a"))).toEqual(["ours/compose.yaml"]);
    expect(await readFile(join(folder, "compose.yaml"), "utf8")).toBe("ours");
  });

  it("refuses a file, and what is below one", async () => {
    await writeFile(join(root, "file"), "");
    for (const path of ["file", "file/below"]) {
      const run = await cli("copy", join(root, path));
      expect(run).toMatchObject({ code: 2, err: expect.stringContaining("is a file, or below one") });
    }
    expect(await filesIn(root)).toEqual(["file"]);
  });
});

describe.runIf(process.platform === "linux")("copy into what not even an administrator can write", () => {
  it.each([
    ["below a folder that takes none", ["/proc/aiwatch/dashboards"]],
    ["a folder that takes no files", ["/proc/self", "--force"]],
  ])("%s", async (_, args) => {
    const run = await cli("copy", ...args);
    expect(run).toMatchObject({
      code: 2,
      err: expect.stringMatching(/^error: \/proc\/\S+ cannot be written: .*Nothing was copied$/),
    });
  });
});
