import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { buildTinyModel } from "./build-tiny-model.ts";
import { main } from "./main.ts";
import { variants } from "./options.ts";

async function run(...args: string[]) {
  const logged: string[] = [];
  const errors: string[] = [];
  const code = await main(args, { log: (text) => void logged.push(text), error: (text) => void errors.push(text) });
  return { code, logged: logged.join("\n"), errors: errors.join("\n") };
}

it("explains itself", async () => {
  const { code, logged } = await run("--help");
  expect(code).toBe(0);
  expect(logged).toContain("--variant NAME");
  for (const variant of variants) expect(logged).toContain(variant);
});

it("writes where it is told, and prints the path", async () => {
  const directory = await mkdtemp(join(tmpdir(), "tiny-model-"));
  const path = join(directory, "new", "model.gguf");
  expect(await run("--variant", "ranking", "--name", "judge", "--context-length", "128", "--out", path)).toEqual({
    code: 0,
    logged: path,
    errors: "",
  });
  expect(await readFile(path)).toEqual(
    Buffer.from(buildTinyModel({ variant: "ranking", name: "judge", contextLength: 128 })),
  );
  await rm(directory, { recursive: true });
});

it.each([
  [["--variant", "poet"], /variant is 'poet': give one of/],
  [["--context-length", "many"], /contextLength is NaN/],
  [["--quick"], /--quick/],
  [["--out", join(import.meta.dirname, "main.ts", "x")], /cannot write ".*main\.ts.*": give --out/],
])("refuses %o", async (args, message) => {
  const { code, logged, errors } = await run(...args);
  expect([code, logged]).toEqual([1, ""]);
  expect(errors).toMatch(message);
});
