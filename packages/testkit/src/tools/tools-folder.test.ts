import { existsSync } from "node:fs";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { repositoryRoot, toolFolder, toolsFolder } from "./tools-folder.ts";

let tools: string;
beforeEach(async () => {
  tools = await mkdtemp(join(tmpdir(), "aiwatch-tools-"));
  vi.stubEnv("AIWATCH_TOOLS_DIR", tools);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(tools, { recursive: true });
});

const fillWith = (text: string) => (folder: string) => writeFile(join(folder, "tool"), text);

describe("toolFolder", () => {
  it("fills once, whoever asks, and leaves no drafts", async () => {
    const fill = vi.fn(fillWith("x"));
    const [first, second] = await Promise.all([toolFolder("a", fill), toolFolder("a", fill)]);
    const third = await toolFolder("a", fill);
    expect(new Set([first, second, third])).toEqual(new Set([join(tools, "a")]));
    expect(fill).toHaveBeenCalledOnce();
    expect(await readFile(join(first, "tool"), "utf8")).toBe("x");
    expect(await readdir(tools)).toEqual(["a"]);
  });

  it("is whole where two workers fill it at the same time, and they leave no drafts", async () => {
    vi.resetModules();
    const { toolFolder: ofAnotherWorker } = await import("./tools-folder.ts");
    const fill = vi.fn(fillWith("x"));
    const [first, second] = await Promise.all([toolFolder("a", fill), ofAnotherWorker("a", fill)]);
    expect([first, second]).toEqual([join(tools, "a"), join(tools, "a")]);
    expect(fill).toHaveBeenCalledTimes(2);
    expect(await readFile(join(first, "tool"), "utf8")).toBe("x");
    expect(await readdir(tools)).toEqual(["a"]);
  });

  it("leaves nothing of a filling that failed, and tries again", async () => {
    const broken = async (folder: string) => {
      await fillWith("half")(folder);
      throw new Error("the line is down");
    };
    await expect(toolFolder("a", broken)).rejects.toThrow("the line is down");
    expect(await readdir(tools)).toEqual([]);
    expect(existsSync(join(await toolFolder("a", fillWith("whole")), "tool"))).toBe(true);
  });
});

describe("toolsFolder", () => {
  it("is the repository's own where the environment names none", () => {
    vi.stubEnv("AIWATCH_TOOLS_DIR", undefined);
    expect(toolsFolder()).toBe(join(repositoryRoot(), ".cache/tools"));
  });
});
