import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { snippetOf } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, test } from "vitest";

test("the README's snippet runs as it stands, with a model of this machine", async () => {
  const modelPath = await ensureTinyModel({ variant: "chat" });
  const snippet = await snippetOf(new URL("../README.md", import.meta.url), /instrumentModel/);
  const cpu = snippet
    .replace("getLlama()", 'getLlama({ gpu: false, build: "never", maxThreads: 1 })')
    .replace('"models/model.gguf"', JSON.stringify(modelPath));
  expect(cpu).not.toContain("models/model.gguf");
  // in the package: that is where the packages are found
  const folder = await mkdtemp(fileURLToPath(new URL("../.readme-", import.meta.url)));
  try {
    const file = join(folder, "snippet.mjs");
    await writeFile(file, `${cpu}\nprocess.exit();\n`);
    const flags = ["--conditions=@aiwatch/source", "--no-warnings", file];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { maxBuffer: 2 ** 24 });
    expect(stderr).toBe("");
    expect(stdout).toContain("genai_app_llamacpp_model_load_seconds");
  } finally {
    await rm(folder, { recursive: true });
  }
});
