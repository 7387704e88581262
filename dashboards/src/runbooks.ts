import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { packageFolder, repositoryBlob } from "./package-folder.ts";
import type { Severity } from "./rules/rule.ts";

/** Where the runbooks are written: a clone of the repository has them there, an installed package does not. */
export const runbookFolder: string = join(packageFolder, "../docs/guide/runbooks");

/** Grafana as the Compose stack has it, to which the runbooks' links to dashboards lead. */
export const grafanaOfTheStack = "http://localhost:3001";

const always = ["What it means", "Who is hurt", "Look first", "Likely causes", "What to do", "When it is wrong"];

/** What a runbook has to say, in this order. Who is woken reads first what helps at once. */
export const headingsOf = (severity: Severity): readonly string[] =>
  severity === "critical" ? ["Stop the bleeding", ...always] : always;

/** The runbooks by their files' names, as they are written. */
export async function readRunbooks(): Promise<Map<string, string>> {
  const files = (await readdir(runbookFolder).catch(() => [])).sort();
  const read = async (file: string) => [file, await readFile(join(runbookFolder, file), "utf8")] as const;
  return new Map(await Promise.all(files.map(read)));
}

/** What leads out of the folder, from `docs/guide/runbooks`: the package has no other pages. */
const leadingOut = /\]\((\.\.\/[^)#\s]+)/g;

/**
 * The runbooks as the package ships them, for an outage in which nobody reaches the repository. Links among them stay; the others lead to the
 * repository as it was at this release.
 */
export async function shippedRunbooks(): Promise<{ path: string; text: string }[]> {
  const base = `${repositoryBlob}/docs/guide/runbooks/`;
  const leadToRepository = (text: string) =>
    text.replaceAll(leadingOut, (_, target: string) => `](${new URL(target, base)}`);
  return [...(await readRunbooks())].map(([file, text]) => ({
    path: join(packageFolder, "runbooks", file),
    text: leadToRepository(text),
  }));
}

/** A runbook whose links to dashboards lead to one's own Grafana. */
export const withGrafana = (text: string, address: string): string =>
  text.replaceAll(`${grafanaOfTheStack}/d/`, `${address}/d/`);
