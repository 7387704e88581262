import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";
import { snippetOf } from "./readme.ts";

it("finds the first snippet, the one that holds something, or says that there is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-snippet-"));
  try {
    const file = join(folder, "page.md");
    await writeFile(file, "```sh\nls\n```\n```js\nfirst();\n```\n```ts\nsecond();\n```\n");
    const page = pathToFileURL(file);
    expect(await snippetOf(page)).toBe("first();\n");
    expect(await snippetOf(page, /second/)).toBe("second();\n");
    await expect(snippetOf(page, /third/)).rejects.toThrow("page.md has no snippet with /third/");
  } finally {
    await rm(folder, { recursive: true });
  }
});
