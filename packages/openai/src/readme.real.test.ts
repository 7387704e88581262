import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWith, npmInstall, runToEnd, snippetOf } from "@aiwatch/testkit";
import { expect, test } from "vitest";
import { modelServer, plays } from "./test-support/model-server.ts";

/** In the package, so that ours are found; the client is installed below it. */
const folder = fileURLToPath(new URL("../.readme-openai", import.meta.url));

async function install(): Promise<string> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true, dependencies: { openai: "7.59.0" } }));
  await npmInstall(folder);
  return folder;
}

describeWith("with the client of openai", install, (installed) => {
  test("the README's first snippet runs as it stands", async () => {
    const server = await modelServer(plays("llama-server/chat-stream"));
    const snippet = await snippetOf(new URL("../README.md", import.meta.url), /instrumentClient/);
    const file = join(installed, "snippet.mjs");
    await writeFile(file, `${snippet.replace("http://localhost:8080", server.url)}\nprocess.exit();\n`);
    const { stdout, stderr } = await runToEnd(
      process.execPath,
      ["--conditions=@aiwatch/source", "--no-warnings", file],
      {},
    );
    await server.close();
    await rm(installed, { recursive: true });
    expect(stderr).toBe("");
    expect(stdout).toMatch(/^Let me explain/);
    expect(stdout).toContain("genai_app_inferences_total");
  });
});
