import { rm } from "node:fs/promises";
import { describeWith, type NodeRelease, nodeRelease } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientFolder } from "./client-folder.ts";
import { type Played, playEndings, reasonAgainst, slugOf, type ToldSpan } from "./play-endings.ts";
import { type Client, type ClientName, clientNames, clients, folders } from "./table/clients.ts";
import type { Ending, Told } from "./table/ending.ts";
import { endings } from "./table/endings.ts";
import { helpers } from "./table/helpers.ts";

const table = [...endings, ...helpers];

/** Plays bare against bare: what differs then is the table's own fault. */
const isControl = process.env["TABLE_CONTROL"] !== undefined;

/** Plays the table with every client that runs on one of these majors of Node, bare and observed, and compares. */
export function describeClients(majors: readonly number[]): void {
  for (const name of Object.keys(folders) as (keyof typeof folders)[]) {
    const names = clientNames.filter((each) => clients[each].folder === name);
    const on = majors.filter((major) => names.some((each) => isOn(each, major)));
    if (on.length === 0) continue;
    const get = async () => ({
      folder: await clientFolder(name, folders[name], isControl ? [] : undefined),
      nodes: await Promise.all(on.map(nodeRelease)),
    });
    describeWith(`clients of models, the ${name}`, get, ({ folder, nodes }) => {
      afterAll(() => rm(folder, { recursive: true }));
      for (const node of nodes) {
        const major = Number.parseInt(node.version, 10);
        describe.each(names.filter((each) => isOn(each, major)))(`%s on Node ${major}`, (each) =>
          describeClient(each, folder, node),
        );
      }
    });
  }
}

const isOn = (name: ClientName, major: number) => (clients[name] as Client).majors.includes(major);

function describeClient(name: ClientName, folder: string, { program }: NodeRelease): void {
  const played = table.filter((ending) => reasonAgainst(name, ending) === undefined);
  let bare: ReadonlyMap<string, Played>;
  let observed: ReadonlyMap<string, Played>;
  beforeAll(async () => {
    const play = (isObserved: boolean) => playEndings(name, played, { program, folder, observed: isObserved });
    [bare, observed] = await Promise.all([play(false), play(!isControl)]);
  });

  it.each(played.map((ending) => [ending.name, ending] as const))("%s", (_, ending) => {
    const without = bare.get(slugOf(ending)) as Played;
    const within = observed.get(slugOf(ending)) as Played;
    expect(within.log).toEqual(without.log);
    expect(within.exchanges).toEqual(without.exchanges);
    if (within.report.records !== undefined) expectTold(name, ending, within);
  });
}

function expectTold(name: ClientName, ending: Ending, { report }: Played): void {
  const { records = [], spans = [], diagnostics } = report;
  const { protocol }: Client = clients[name];
  const { told } = ending.unlike?.[name] ?? ending.unlike?.[protocol] ?? ending;
  expect(records.map(shownRecord)).toEqual(told.map((each) => inFull(each, clients[name])));
  expect(spans.map(shownSpan)).toEqual(records.map(spanOf));
  expect(diagnostics).toEqual(ending.faults ?? []);
}

/** Some tokens of an answer of five. */
const some = expect.toSatisfy((count: unknown) => typeof count === "number" && count >= 1 && count <= 5);

/** What a record must hold, the client's own ways included. */
function inFull({ cached, output, ...told }: Told, { protocol, streamsAlways }: Client): object {
  const isStream = streamsAlways === true && told.operation === undefined && told.error === undefined;
  return known({
    operation: "chat",
    model: "tiny",
    provider: protocol === "openai" ? "llama.cpp" : "ollama",
    first: isStream,
    // Ollama never says which tokens it had in its cache
    cached: protocol === "openai" ? cached : undefined,
    output: output === "some" ? some : output,
    ...told,
  });
}

function shownRecord(record: Readonly<Record<string, unknown>>): object {
  const { unified, raw } = record["finishReason"] as { readonly unified: string; readonly raw?: string };
  return known({
    operation: record["operation"],
    model: record["model"],
    provider: record["provider"],
    finish: raw === undefined || unified === "aborted" ? unified : `${unified} ${raw}`,
    error: (record["failure"] as { readonly type: string } | undefined)?.type,
    prompt: record["promptTokens"],
    cached: record["cachedPromptTokens"],
    output: record["outputTokens"],
    toolCalls: record["toolCalls"],
    dimensions: record["dimensions"],
    first: record["firstTokenMs"] !== undefined,
  });
}

/** The span that a record must have. */
function spanOf(record: Readonly<Record<string, unknown>>): object {
  return known({
    name: `${record["operation"]} ${record["requestedModel"] ?? record["model"]}`,
    kind: "client",
    isChild: true,
    error: (record["failure"] as { readonly type: string } | undefined)?.type,
    output: record["outputTokens"],
  });
}

function shownSpan({ name, kind, isChild, attributes }: ToldSpan): object {
  return known({
    name,
    kind: kind === 2 ? "client" : kind,
    isChild,
    error: attributes["error.type"],
    output: attributes["gen_ai.usage.output_tokens"],
  });
}

const known = (values: object) => Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
