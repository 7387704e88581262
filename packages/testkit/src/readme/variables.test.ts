import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it, onTestFinished } from "vitest";
import { variablesReadIn, variablesTabledIn } from "./readme.ts";

it("finds the variables that sources read and pages list, and takes no error's code for one", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-variables-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const write = (file: string, text: string) => writeFile(join(folder, file), text);
  await mkdir(join(folder, "deep/test-support"), { recursive: true });
  await write("deep/a.ts", 'read(["AIWATCH_B", "OTEL_A"]); process.env["OTHER_ONE"]; process.env.LAST;');
  await write(
    "b.ts",
    'throw new AiwatchError(\n  "AIWATCH_BAD"); type Code = | "AIWATCH_WORSE"; ({ code: "AIWATCH_WORST" }); e.code === "AIWATCH_ASKED";',
  );
  await write("a.test.ts", '"AIWATCH_TEST"');
  await write("deep/test-support/a.ts", '"AIWATCH_SUPPORT"');
  await write("page.md", "`AIWATCH_PROSE`\n| `AIWATCH_B`, else `OTEL_A` | `x` |\n| --- | --- |\n| LOG_BARE |");
  expect(await variablesReadIn(pathToFileURL(`${folder}/`))).toEqual(["AIWATCH_B", "LAST", "OTEL_A", "OTHER_ONE"]);
  expect(await variablesTabledIn(pathToFileURL(join(folder, "page.md")))).toEqual(["AIWATCH_B", "OTEL_A"]);
});
