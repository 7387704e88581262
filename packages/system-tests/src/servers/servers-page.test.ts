import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { factsTable } from "./test-support/facts-table.ts";
import { modelRunnerKinds } from "./test-support/model-runner-requests.ts";
import { ollamaKinds } from "./test-support/ollama-requests.ts";
import { requestKinds } from "./test-support/requests.ts";

const page = await readFile(new URL("../../../../docs/reference/servers.md", import.meta.url), "utf8");

/** The lines of the table in a section. */
function tableIn(heading: string): string[] {
  const [, section = ""] = page.split(`\n## ${heading}`);
  const lines = section.split("\n## ", 1)[0]?.split("\n") ?? [];
  const first = lines.findIndex((line) => line.startsWith("|"));
  const rest = lines.slice(first);
  return rest.slice(
    0,
    rest.findIndex((line) => !line.startsWith("|")),
  );
}

it.each([
  ["llama-server", requestKinds],
  ["Docker Model Runner", modelRunnerKinds],
  ["Ollama", ollamaKinds],
])("docs/reference/servers.md says of %s what the tests find", (server, kinds) => {
  expect(tableIn(server)).toEqual(factsTable(kinds));
});
