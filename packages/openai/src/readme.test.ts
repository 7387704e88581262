import { execFile } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { settingsTable, snippetOf, tableLinesOf, variablesReadIn, variablesTabledIn } from "@aiwatch/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openaiSettings } from "./register/settings.ts";
import { openaiSettingDescriptions } from "./register/test-support/descriptions.ts";
import { type ModelServer, modelServer, plays } from "./test-support/model-server.ts";

const readme = new URL("../README.md", import.meta.url);

let server: ModelServer;
beforeAll(async () => {
  server = await modelServer(plays("llama-server/chat"));
});
afterAll(() => server.close());

test("the README's snippet for any fetch runs as it stands", async () => {
  const snippet = (await snippetOf(readme, /observeFetch\(fetch/)).replace("http://localhost:8080", server.url);
  expect(snippet).toContain(server.url);
  // in the package: that is where the packages are found
  const folder = await mkdtemp(fileURLToPath(new URL("../.readme-", import.meta.url)));
  try {
    const file = join(folder, "snippet.mjs");
    await writeFile(file, `${snippet}\nprocess.exit();\n`);
    const flags = ["--conditions=@aiwatch/source", "--no-warnings", file];
    const { stdout, stderr } = await promisify(execFile)(process.execPath, flags, { maxBuffer: 2 ** 24 });
    expect(stderr).toBe("");
    expect(stdout).toContain("Let me explain!");
    expect(stdout).toContain("genai_app_inferences_total");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("the README's table has the variables that are read, and no others, as the rows say", async () => {
  expect(await variablesReadIn(new URL(".", import.meta.url))).toEqual(["AIWATCH_OPENAI_BASE_URLS"]);
  expect(await variablesTabledIn(readme)).toEqual(["AIWATCH_OPENAI_BASE_URLS"]);
  const settings = { settings: openaiSettings, descriptions: openaiSettingDescriptions, of: "the preload" };
  expect(await tableLinesOf(readme)).toEqual(expect.arrayContaining(settingsTable(settings)));
});
