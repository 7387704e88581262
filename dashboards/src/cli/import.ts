import { isDeepStrictEqual } from "node:util";
import { type BoardFile, shippedBoards } from "../package-folder.ts";
import { connectGrafana, type Grafana, type GrafanaFolder, type StoredDashboard } from "../servers/grafana.ts";
import { UsageError } from "./exit-codes.ts";

export interface ImportOptions {
  readonly url: string;
  readonly token: string;
  readonly folder: string;
  readonly dryRun: boolean;
  readonly timeoutMs?: number;
  /** Called with each line that says what was done, or would be. */
  readonly onStep: (line: string) => void;
}

export interface Imported {
  readonly created: number;
  readonly updated: number;
  readonly unchanged: number;
}

interface Step {
  readonly board: BoardFile;
  readonly action: "created" | "updated" | "unchanged";
  /** What the line says behind the title. */
  readonly note: string;
}

/**
 * Brings the dashboards into a Grafana: what is there is read first, and only what differs is written. Run twice, it changes nothing more.
 *
 * @throws UsageError the token is none
 * @throws ServerError Grafana is not reachable, is none, or refuses
 */
export async function importBoards(options: ImportOptions): Promise<Imported> {
  const { url, folder: title, dryRun, onStep, timeoutMs } = options;
  const token = checkedToken(options.token);
  const grafana = await connectGrafana({ url, token, ...(timeoutMs !== undefined && { timeoutMs }) });
  const folder = await grafana.findFolder(title);
  const steps = await plan(grafana, folder);

  const would = dryRun ? "would be " : "";
  const into = folder ?? (dryRun ? undefined : await grafana.createFolder(title));
  if (folder === undefined) onStep(`folder "${title}" ${would}created`);
  for (const { board, action, note } of steps) {
    const path = into === undefined || dryRun || action === "unchanged" ? "" : await grafana.save(board, into.uid);
    const where = path === "" ? "" : ` ${new URL(grafana.url).origin}${path}`;
    onStep(`${board.title} (${board.uid}) ${action === "unchanged" ? "" : would}${action}${note}${where}`);
  }
  const count = (action: Step["action"]) => steps.filter((step) => step.action === action).length;
  return { created: count("created"), updated: count("updated"), unchanged: count("unchanged") };
}

/**
 * A token from a file may end with a line's end, which no header can have.
 *
 * @throws UsageError it is no token; the message does not quote it
 */
export function checkedToken(token: string): string {
  const trimmed = token.trim();
  if (!/^[\x21-\x7e]+$/.test(trimmed)) throw new UsageError("the token is empty or has characters that no token has");
  return trimmed;
}

async function plan(grafana: Grafana, folder: GrafanaFolder | undefined): Promise<Step[]> {
  const steps: Step[] = [];
  for (const board of await shippedBoards()) {
    const stored = await grafana.dashboard(board.uid);
    if (stored?.meta.provisioned === true) throw new UsageError(provisioned(board));
    steps.push({ board, ...changeOf(board, stored, folder) });
  }
  return steps;
}

const provisioned = ({ uid }: BoardFile) =>
  `${uid} is provisioned from a file in this Grafana, which cannot be overwritten: update the file, or remove it from the provisioning`;

function changeOf(
  board: BoardFile,
  stored: StoredDashboard | undefined,
  folder: GrafanaFolder | undefined,
): Omit<Step, "board"> {
  if (stored === undefined) return { action: "created", note: "" };
  const isMoved = stored.meta.folderUid !== folder?.uid;
  const from = stored.meta.folderTitle ?? "the first level";
  if (isMoved) return { action: "updated", note: `, moved from "${from}"` };
  return { action: isSame(board, stored.dashboard) ? "unchanged" : "updated", note: "" };
}

/** Grafana adds a number and a version of its own. */
function isSame(board: BoardFile, { id: _, version: __, ...stored }: Readonly<Record<string, unknown>>): boolean {
  return isDeepStrictEqual(board, stored);
}
