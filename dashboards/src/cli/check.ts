import { checkPanels, type PanelReport, type PanelsReport } from "../checks/check-panels.ts";
import type { EmptyReason } from "../checks/why-empty.ts";
import { exitCodes } from "./exit-codes.ts";
import { checkedToken } from "./import.ts";
import type { Output } from "./output.ts";

export interface CheckOptions {
  readonly prometheus: string;
  readonly job?: string;
  readonly board?: readonly string[];
  readonly ignore?: readonly EmptyReason[];
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly token?: string;
}

/** Every reason for which a panel may be empty, with the word that its lines begin with. */
export const words: Readonly<Record<EmptyReason, string>> = {
  "no-traffic": "no traffic",
  "not-exposed": "not exposed",
  "never-scraped": "NEVER SCRAPED",
  "not-scraped-now": "NOT SCRAPED NOW",
  "label-filtered": "FILTERED OUT",
  "job-not-found": "NO SUCH JOB",
  "rules-not-loaded": "RULES NOT LOADED",
  "rule-failing": "RULE FAILS",
  "query-refused": "QUERY REFUSED",
};

/** Checks the panels of the dashboards against a Prometheus, and writes what it found. @returns the exit code */
export async function checkCommand(options: CheckOptions, output: Output): Promise<number> {
  const { prometheus: url, job, board: boards, token, json = false, strict = false, ignore = [] } = options;
  const report = await checkPanels({
    url,
    ...(job !== undefined && { job }),
    ...(boards !== undefined && { boards }),
    ...(token !== undefined && { headers: { authorization: `Bearer ${checkedToken(token)}` } }),
    onPanel: (checked, total) => output.progress(`checking panels: ${checked} of ${total}`),
  });
  const accepted = new Set<string>(["data", "no-traffic", ...(strict ? [] : ["not-exposed"]), ...ignore]);
  const found = report.panels.filter(({ state }) => !accepted.has(state));
  if (json) output.out(JSON.stringify(report, null, 2));
  else for (const line of linesOf(report)) output.out(line);
  for (const hint of report.hints) output.err(`hint: ${hint}`);
  output.err(summaryOf(report, found.length));
  return found.length === 0 ? exitCodes.good : exitCodes.found;
}

/** A heading for each dashboard, a line for each of its panels. */
function linesOf({ panels }: PanelsReport): string[] {
  const width = Math.max(...Object.values(words).map(({ length }) => length));
  return panels.flatMap((panel, index) => {
    const isFirst = panel.board !== panels[index - 1]?.board;
    const heading = isFirst ? [...(index === 0 ? [] : [""]), `${panel.boardTitle} (${panel.board})`] : [];
    return [...heading, `  ${wordOf(panel).padEnd(width)}  ${panel.panel}${detailOf(panel)}`];
  });
}

const wordOf = ({ state }: PanelReport) => (state === "data" ? "ok" : words[state]);

/** Why it is empty; of a panel with several queries also which of them are. */
function detailOf({ state, message, queries }: PanelReport): string {
  if (state !== "data") return `: ${message}`;
  const empty = queries.filter((query) => query.state !== "data");
  return empty.length === 0 ? "" : ` (${empty.map((query) => `${query.refId}: ${query.message}`).join("; ")})`;
}

function summaryOf({ panels, url, job }: PanelsReport, found: number): string {
  const count = (state: PanelReport["state"]) => panels.filter((panel) => panel.state === state).length;
  const of = job === undefined ? url : `${url}, job ${job}`;
  const figures = `${count("data")} with data, ${count("no-traffic")} without traffic, ${count("not-exposed")} not exposed`;
  return `${of}: ${panels.length} panels, ${figures}; ${found} to look at`;
}
