import { glob, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

export const repository = fileURLToPath(new URL("../../../../../", import.meta.url));

const places = ["*.md", "docs/**/*.md", "packages/*/README.md", "dashboards/README.md", "examples/*/README.md"];

/** A page of Markdown that people read. */
export interface Page {
  /** Within the repository. */
  readonly path: string;
  readonly text: string;
}

export async function readPages(): Promise<Page[]> {
  const paths: string[] = [];
  for await (const path of glob(places, { cwd: repository })) paths.push(path);
  return Promise.all(
    paths.sort().map(async (path) => ({ path, text: await readFile(new URL(path, `file://${repository}`), "utf8") })),
  );
}

/** Without its snippets. */
export function proseOf({ text }: Page): string {
  return text.replace(/```.*?```/gs, "");
}

/** The anchors of its headings, as GitHub makes them. */
export function anchorsOf(page: Page): string[] {
  return [...proseOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = ""]) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N}_\- ]/gu, "")
      .replaceAll(" ", "-"),
  );
}
