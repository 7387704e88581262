import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

/** The first snippet in JavaScript or TypeScript of a Markdown page that `holds`, as it stands there. Throws when there is none. */
export async function snippetOf(page: URL, holds = /(?:)/): Promise<string> {
  const text = await readFile(page, "utf8");
  const snippets = [...text.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code = ""]) => code);
  const found = snippets.find((code) => holds.test(code));
  if (found === undefined) throw new Error(`${page.pathname} has no snippet with ${holds}`);
  return found;
}

const name = "(?:AIWATCH|OTEL|OTLP|LOG|TRACING)_[A-Z_]+";

/** A variable's name in quotes; codes of errors and kinds of async resources look alike. */
const quoted = new RegExp(`(?<!AiwatchError\\(\\s*|AsyncResource\\(|super\\(|code(?::| ===) |\\| )"(${name})"`, "g");
const read = /process\.env(?:\.|\[")([A-Z_]+)/g;

/** The environment variables that the sources of a package name, tests and what supports them left out. */
export async function variablesReadIn(sources: URL): Promise<string[]> {
  const files = globSync("**/*.ts", { cwd: fileURLToPath(sources) }).filter(
    (file) => !/\.test\.ts$|test-support/.test(file),
  );
  const texts = await Promise.all(files.map((file) => readFile(new URL(file, sources), "utf8")));
  return namesIn(texts, quoted, read);
}

/** The environment variables in the tables of a Markdown page. */
export async function variablesTabledIn(page: URL): Promise<string[]> {
  const lines = (await readFile(page, "utf8")).split("\n");
  const rows = lines.filter((line) => line.startsWith("|"));
  return namesIn(rows, new RegExp(`\`(${name})\``, "g"));
}

function namesIn(texts: readonly string[], ...patterns: readonly RegExp[]): string[] {
  const found = texts.flatMap((text) => patterns.flatMap((pattern) => [...text.matchAll(pattern)]));
  return [...new Set(found.map(([, variable = ""]) => variable))].sort();
}
