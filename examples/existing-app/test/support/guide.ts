import { randomUUID } from "node:crypto";
import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";

const folder = new URL("../../../../docs/guide/", import.meta.url);

/** The folder from which the snippets' packages are found, as an app's own folder would be. */
const cwd = fileURLToPath(new URL("../..", import.meta.url));

export interface Page {
  readonly name: string;
  readonly text: string;
  /** Those in JavaScript or TypeScript, in their order. */
  readonly snippets: readonly string[];
}

export async function readPages(): Promise<Page[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".md")).sort();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(name, folder), "utf8");
      return { name, text, snippets: [...text.matchAll(/```[jt]s\n(.*?)```/gs)].map(([, code = ""]) => code) };
    }),
  );
}

/** The page's links to files in this repository that are not there. */
export async function brokenLinks({ text }: Page): Promise<string[]> {
  const links = [...text.matchAll(/\]\(([^)#]+)(?:#[^)]*)?\)/g)].map(([, link = ""]) => link);
  const files = links.filter((link) => !link.includes("://"));
  const found = await Promise.allSettled(files.map((file) => readFile(new URL(file, folder))));
  return files.filter((_file, index) => found[index]?.status === "rejected");
}

/** What a program printed. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. As a file: node-llama-cpp forks with the flags of its own process. */
export async function runProgram(program: string): Promise<Printed> {
  const file = join(cwd, "test", `.guide-${randomUUID()}.mjs`);
  const env = { OTLP_ENDPOINT: undefined, TRACING_ENABLED: undefined, LOG_LEVEL: undefined, LOG_PRETTY: undefined };
  await writeFile(file, program);
  try {
    const { code, stdout, stderr } = await runToEnd(process.execPath, [file], { cwd, env, timeoutMs: 20_000 });
    if (code !== 0) throw new Error(`code ${code}: ${stderr || stdout}\n${program}`);
    return { stdout: stdout.trim(), stderr };
  } finally {
    await rm(file);
  }
}
