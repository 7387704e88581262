import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import type { GrafanaDashboard } from "../grafana-json.ts";
import { packageFolder, shippedBoards } from "../package-folder.ts";
import { renderAll } from "../render.ts";
import { type RuleGroup, rulesFile } from "../rules/index.ts";
import { readRunbooks } from "../runbooks.ts";
import type { CommittedSources } from "./sources.ts";

/** Reads what is committed: the dashboards, the rules, the exceptions, the runbooks. */
export async function readCommitted(): Promise<CommittedSources> {
  const { groups } = parse(await readFile(rulesFile, "utf8")) as { groups: RuleGroup[] };
  return {
    boards: (await shippedBoards()) as unknown as GrafanaDashboard[],
    made: renderAll().map(({ file }) => file.replace(/\.json$/, "")),
    groups,
    lintFile: await readFile(join(packageFolder, "grafana/dashboards/.lint"), "utf8"),
    runbooks: await readRunbooks(),
  };
}
