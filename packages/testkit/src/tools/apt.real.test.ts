import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { withApt } from "./apt.ts";
import { describeWithTool } from "./describe-with-tool.ts";

describeWithTool("openmetrics-parser", "withApt", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "aiwatch-apt-test-"));
    await mkdir(join(folder, "lists/partial"), { recursive: true });
    vi.stubEnv("APT_CONFIG", join(folder, "apt.conf"));
  });
  afterEach(async () => {
    vi.unstubAllEnvs();
    await rm(folder, { recursive: true });
  });

  const configure = (...lines: string[]) =>
    writeFile(join(folder, "apt.conf"), [`Dir::State::Lists "${folder}/lists";`, ...lines].join("\n"));

  it("fetches lists of its own where the machine has none", async () => {
    await configure();
    await withApt((apt) => apt.download(["python3-decorator"], folder));
    expect((await readdir(folder)).filter((name) => name.endsWith(".deb"))).toHaveLength(1);
    expect(await readdir(join(folder, "lists"))).toEqual(["partial"]);
  });

  it("quotes apt, without addresses, where there is nothing to fetch from", async () => {
    await configure(`Dir::Etc::SourceList "/dev/null";`, `Dir::Etc::SourceParts "/dev/null";`);
    const download = withApt((apt) => apt.download(["python3-decorator"], folder));
    await expect(download).rejects.toThrow("apt-get failed (code 100): E: Unable to locate package python3-decorator");
  });
});
