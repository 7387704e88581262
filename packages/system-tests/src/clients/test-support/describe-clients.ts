import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { describeWith, isInSpread, type NodeRelease, nodeRelease } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientFolder, packOurs } from "./client-folder.ts";
import { type Played, playEndings, type Recorded, reasonAgainst, slugOf, type ToldSpan } from "./play-endings.ts";
import { type Client, type ClientName, clientNames, clients, folders } from "./table/clients.ts";
import type { Ending, Told } from "./table/ending.ts";
import { endings } from "./table/endings.ts";
import { helpers } from "./table/helpers.ts";
import { manyWords } from "./table/scripts.ts";

export const table: readonly Ending[] = [...endings, ...helpers];

/** Plays bare against bare: what differs then is the table's own fault. */
const isControl = process.env["TABLE_CONTROL"] !== undefined;

/**
 * Plays the table with every client that runs on one of these majors of Node, bare and observed, and compares.
 * @param isWhole whether each client plays each ending that it can. Else each plays every other one, in turn, so that each ending has half of the
 * clients that can play it. @default false
 */
export function describeClients(majors: readonly number[], isWhole = false): void {
  const tarballs = packOurs();
  afterAll(async () => rm(dirname((await tarballs)[0] ?? ""), { recursive: true }));
  for (const name of Object.keys(folders) as (keyof typeof folders)[]) {
    const names = clientNames.filter((each) => clients[each].folder === name);
    const on = majors.filter((major) => names.some((each) => isOn(each, major)));
    if (on.length === 0) continue;
    const get = async () => ({
      folder: await clientFolder(name, folders[name], tarballs),
      nodes: await Promise.all(on.map(nodeRelease)),
    });
    describeWith(`clients of models, the ${name}`, get, ({ folder, nodes }) => {
      afterAll(() => rm(folder, { recursive: true }));
      for (const node of nodes) {
        const major = Number.parseInt(node.version, 10);
        describe.each(names.filter((each) => isOn(each, major)))(`%s on Node ${major}`, (each) =>
          describeClient(each, endingsOf(each, isWhole), folder, node),
        );
      }
    });
  }
}

const isOn = (name: ClientName, major: number) => (clients[name] as Client).majors.includes(major);

/** Those that a client plays. */
function endingsOf(name: ClientName, isWhole: boolean): readonly Ending[] {
  return table.filter((ending, row) => {
    const columns = clientNames.filter((each) => reasonAgainst(each, ending) === undefined);
    const cell = { row, column: columns.indexOf(name), columns: columns.length, layer: 0, layers: 2 };
    return columns.includes(name) && (isWhole || isInSpread(cell));
  });
}

function describeClient(name: ClientName, played: readonly Ending[], folder: string, { program }: NodeRelease): void {
  let bare: ReadonlyMap<string, Played>;
  let observed: ReadonlyMap<string, Played>;
  beforeAll(async () => {
    const play = (layer: string) => playEndings(name, played, { program, folder, layer });
    [bare, observed] = await Promise.all([play("none"), play(isControl ? "none" : "aiwatch")]);
  });

  it.each(played.map((ending) => [ending.name, ending] as const))("%s", (_, ending) => {
    const without = bare.get(slugOf(ending)) as Played;
    const within = observed.get(slugOf(ending)) as Played;
    expectSame("the app", inTurn(without.log), inTurn(within.log));
    expectSame("the server", without.exchanges.map(asLine), within.exchanges.map(asLine));
    if (within.report.records !== undefined) expectTold(name, ending, within);
  });
}

/** What a client prints meanwhile comes when it comes. */
function inTurn(log: readonly string[]): readonly string[] {
  const isPrinted = (line: string) => /^\["(console\.|warning)/.test(line);
  return [...log.filter((line) => !isPrinted(line)), ...log.filter(isPrinted)];
}

const asLine = (value: unknown) => JSON.stringify(value);

/** An order that differs is said as a whole. */
function expectSame(who: string, right: readonly string[], given: readonly string[]): void {
  const lost = right.filter((line) => !given.includes(line)).map((line) => `- ${line}`);
  const added = given.filter((line) => !right.includes(line)).map((line) => `+ ${line}`);
  expect(given, `${who}:\n${[...lost, ...added].join("\n")}\n`).toEqual(right);
}

function expectTold(name: ClientName, ending: Ending, { report }: Played): void {
  const { records = [], spans = [], diagnostics = [] } = report;
  const { protocol }: Client = clients[name];
  const { told, faults = [] } = { ...ending, ...(ending.unlike?.[name] ?? ending.unlike?.[protocol]) };
  const right = told.map((each) => toldLine(inFull(each, clients[name])));
  expectSame(
    "the records",
    right,
    records.map((record, at) => toldLine(factsOf(record), told[at]?.output === "some")),
  );
  expectSame(
    "the spans",
    records.map((record, at) => spanLineOf(record, told[at]?.named)),
    spans.map(spanLine),
  );
  expectSame(
    "the faults",
    faults,
    diagnostics.map(({ error }) => error),
  );
}

/** What a record must hold, the client's own ways included. */
function inFull({ cached, output, served = true, ...told }: Told, { protocol, streamsAlways }: Client): Facts {
  const isStream = streamsAlways === true && told.operation === undefined && told.error === undefined;
  return {
    operation: "chat",
    model: "tiny",
    provider: protocol === "ollama" ? "ollama" : served ? "llama.cpp" : "openai-compatible",
    first: isStream,
    // Ollama never says which tokens it had in its cache
    cached: protocol === "openai" ? cached : undefined,
    output,
    ...told,
  };
}

interface Facts extends Omit<Told, "output" | "served" | "named"> {
  readonly provider: string;
  readonly output?: number | "some" | undefined;
}

function factsOf(record: Recorded): Facts {
  const { finishReason, operation, model, provider, failure, toolCalls, dimensions } = record;
  const { unified, raw } = finishReason;
  return {
    operation,
    model,
    provider,
    finish: raw === undefined || unified === "aborted" ? unified : `${unified} ${raw}`,
    error: failure?.type,
    prompt: record.promptTokens,
    cached: record.cachedPromptTokens,
    output: record.outputTokens,
    toolCalls,
    dimensions,
    first: record.firstTokenMs !== undefined,
  };
}

const names = ["prompt", "cached", "output", "toolCalls", "dimensions"] as const;

/** @param isSome whether a few tokens are meant, not how many */
function toldLine(facts: Facts, isSome = false): string {
  const { operation, model, provider, finish, error = "", first } = facts;
  const isFew = isSome && typeof facts.output === "number" && facts.output >= 1 && facts.output <= manyWords;
  const counts = names.map((name) => (name === "output" && isFew ? "some" : facts[name]));
  const said = names.flatMap((name, at) => (counts[at] === undefined ? [] : [`${name}=${counts[at]}`]));
  return [operation, model, provider, finish, error, ...said, first ? "first token" : "no first token"].join(" ");
}

/** The span that a record must have. */
function spanLineOf(
  { operation, requestedModel, model, failure, outputTokens }: Recorded,
  named = requestedModel ?? model,
): string {
  return `${operation} ${named} client child ${failure?.type} ${outputTokens}`;
}

function spanLine({ name, kind, isChild, attributes }: ToldSpan): string {
  const [error, output] = [attributes["error.type"], attributes["gen_ai.usage.output_tokens"]];
  return `${name} ${kind === 2 ? "client" : kind} ${isChild ? "child" : "orphan"} ${error} ${output}`;
}
