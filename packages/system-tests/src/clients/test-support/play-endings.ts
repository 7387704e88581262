import type { InferenceRecord } from "@aiwatch/core";
import { runToEnd } from "@aiwatch/testkit";
import { type Exchange, startModelServer } from "./server/model-server.ts";
import { type Client, type ClientName, clients } from "./table/clients.ts";
import type { Ending } from "./table/ending.ts";

/** One span as the app's exporter got it. */
export interface ToldSpan {
  readonly name: string;
  readonly kind: number;
  readonly status: { readonly code: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Of the span that was active in the app. */
  readonly isChild: boolean;
}

/** A record as JSON has it. */
export type Recorded = Omit<InferenceRecord, "startedAt">;

/** What one ending told AIWatch. */
export interface Report {
  readonly slug: string;
  readonly records?: readonly Recorded[];
  readonly diagnostics?: readonly { readonly source: string; readonly error: string }[];
  readonly spans?: readonly ToldSpan[];
}

/** What came of one ending. */
export interface Played {
  /** What the app saw, line by line. */
  readonly log: readonly string[];
  /** What the server saw. */
  readonly exchanges: readonly Exchange[];
  readonly report: Report;
}

export interface Stage {
  /** Node, as a program. */
  readonly program: string;
  /** Where the clients are installed. */
  readonly folder: string;
  /** One of `apps/layers`. */
  readonly layer: string;
  /** Whether it may write to stderr. @default false */
  readonly isLoud?: boolean;
}

/** An ending's name in a URL. */
export const slugOf = ({ name }: Ending) =>
  name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-|-$/g, "");

/** Why a client does not play an ending; undefined where it does. */
export function reasonAgainst(name: ClientName, { without, only }: Ending): string | undefined {
  const { protocol }: Client = clients[name];
  if (only !== undefined && !only.includes(name)) return "it has no such call";
  return without?.[name] ?? without?.[protocol];
}

/** Plays endings with one client in a process of its own. @returns what came of each, by its slug */
export async function playEndings(
  name: ClientName,
  endings: readonly Ending[],
  stage: Stage,
): Promise<ReadonlyMap<string, Played>> {
  const server = await startModelServer(Object.fromEntries(endings.map((ending) => [slugOf(ending), ending.play])));
  const lines = await run(name, endings, server.url, stage).finally(server.close);
  const reports: readonly Report[] = lines.find((line) => "stages" in line)?.["stages"] ?? [];
  const played = endings.map(slugOf).map((slug): [string, Played] => {
    const log: readonly unknown[] = lines.find((line) => line["slug"] === slug)?.["log"] ?? [];
    const exchanges = server.exchanges(slug).map((each) => JSON.parse(scrubbed(each)));
    const report = reports.find((each) => each.slug === slug) ?? { slug };
    return [slug, { log: log.map(scrubbed), exchanges, report }];
  });
  return new Map(played);
}

/** @returns the lines that the process printed, one for each ending and the last with all reports */
async function run(
  name: ClientName,
  endings: readonly Ending[],
  url: string,
  { program, folder, layer, isLoud = false }: Stage,
): Promise<readonly Readonly<Record<string, never>>[]> {
  const jobs = endings.map((ending) => {
    const { verb, options = {}, told } = ending;
    return { slug: slugOf(ending), verb, options, records: told.length };
  });
  const stdin = JSON.stringify({ client: clients[name].module, layer, url, endings: jobs });
  const options = { cwd: folder, stdin, timeoutMs: 120_000 };
  const { code, stdout, stderr } = await runToEnd(program, ["--expose-gc", "main.mjs"], options);
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  if (code !== 0 || (stderr !== "" && !isLoud))
    throw new Error(`${name} ended with ${code} after ${lines.length} endings: ${stderr}`);
  return lines.map((line) => JSON.parse(line));
}

/** What no two runs have in common. */
const ofTheRun: readonly (readonly [RegExp, string])[] = [
  [/127\.0\.0\.1:\d+/g, "HOST"],
  [/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b/g, "UUID"],
  [/\(node:\d+\)/g, "(node)"],
  [/"(id|toolCallId|tool_call_id)(\\*)":\2"[\w-]{14,}\2"/g, '"$1$2":$2"ID$2"'],
  [/"date":"[^"]+"/g, '"date":"DATE"'],
  [/"timestamp":"[^"]+"/g, '"timestamp":"TIME"'],
  [/"(?:localPort|remotePort|bytesWritten|bytesRead)":\d+/g, '"socket":0'],
];

function scrubbed(line: unknown): string {
  const text = JSON.stringify(line);
  return ofTheRun.reduce((said, [pattern, by]) => said.replace(pattern, by), text);
}
