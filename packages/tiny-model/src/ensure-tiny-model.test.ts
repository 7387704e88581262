import { mkdir, mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, isAbsolute, join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { buildTinyModel } from "./build-tiny-model.ts";
import { cacheDirectory, ensureTinyModel } from "./ensure-tiny-model.ts";

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "tiny-model-"));
});
afterEach(async () => await rm(directory, { recursive: true }));

it("writes the file once", async () => {
  const path = await ensureTinyModel({ directory: join(directory, "a", "b") });
  expect(isAbsolute(path)).toBe(true);
  expect(basename(path)).toMatch(/^tiny-chat-[0-9a-f]{12}\.gguf$/);
  expect(await readFile(path)).toEqual(Buffer.from(buildTinyModel()));
  const { mtimeMs } = await stat(path);
  expect(await ensureTinyModel({ directory: join(directory, "a", "b") })).toBe(path);
  expect((await stat(path)).mtimeMs).toBe(mtimeMs);
});

it("gives each set of options a file", async () => {
  const paths = await Promise.all([
    ensureTinyModel({ directory }),
    ensureTinyModel({ directory, name: "other" }),
    ensureTinyModel({ directory, variant: "endless" }),
  ]);
  expect(new Set(paths).size).toBe(3);
});

it("lets several write at once, and leaves nothing else behind", async () => {
  const paths = await Promise.all(Array.from({ length: 5 }, () => ensureTinyModel({ directory })));
  expect(new Set(paths).size).toBe(1);
  expect(await readdir(directory)).toEqual([basename(paths[0]!)]);
});

it("replaces a file that was cut off", async () => {
  const path = await ensureTinyModel({ directory });
  await truncate(path, 100);
  await ensureTinyModel({ directory });
  expect((await stat(path)).size).toBe(buildTinyModel().length);
});

it("says where it cannot write", async () => {
  const file = join(directory, "file");
  await writeFile(file, "");
  await expect(ensureTinyModel({ directory: file })).rejects.toMatchObject({
    code: "ERR_TINY_MODEL_WRITE",
    message: expect.stringContaining(file),
  });
});

it("caches beside the nearest node_modules", async () => {
  await mkdir(join(directory, "node_modules"));
  await mkdir(join(directory, "src", "deep"), { recursive: true });
  expect(cacheDirectory(join(directory, "src", "deep"))).toBe(join(directory, "node_modules", ".cache", "aiwatch"));
});
