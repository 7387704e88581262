import { readFile } from "node:fs/promises";

/** The first snippet in JavaScript or TypeScript of a Markdown page that `holds`, as it stands there. Throws when there is none. */
export async function snippetOf(page: URL, holds = /(?:)/): Promise<string> {
  const text = await readFile(page, "utf8");
  const snippets = [...text.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code = ""]) => code);
  const found = snippets.find((code) => holds.test(code));
  if (found === undefined) throw new Error(`${page.pathname} has no snippet with ${holds}`);
  return found;
}
