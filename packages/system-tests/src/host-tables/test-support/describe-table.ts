import { describeWith, isInSpread, type NodeRelease, nodeRelease } from "@aiwatch/testkit";
import { afterAll, describe, expect, it } from "vitest";
import { playAlone } from "./alone.ts";
import { bundleStage } from "./bundle-stage.ts";
import { allCases } from "./cases/all-cases.ts";
import { faultCases, handlings } from "./cases/faults.ts";
import { type Counted, type ExchangeCase, isPlayedOn } from "./exchange-case.ts";
import { expectedCounts, expectedScrape } from "./expected-counts.ts";
import { type Host, hosts } from "./stage/hosts.ts";
import { Theatre, type TheatreOptions } from "./theatre.ts";
import { visit } from "./visit.ts";

export interface TableOptions {
  readonly majors: readonly number[];
  readonly hosts: readonly string[];
  readonly folders?: () => Promise<Readonly<Record<string, string>>>;
  /**
   * Whether each case is played on each host on each release. Else it is played on each host on one of the releases, in turn, so that it is played
   * on each of those, and each host runs on each of them, too. @default false
   */
  readonly isWhole?: boolean;
  /** In how many turns cases and hosts are played, of which these releases have the first ones. @default as many as there are releases */
  readonly turns?: number;
}

/** Plays every case on every host, bare and observed, and compares. */
export function describeTables(options: TableOptions): void {
  const { majors, hosts: names, folders = async () => ({}) } = options;
  for (const major of majors) {
    const get = async () => ({ node: await nodeRelease(major), found: await folders() });
    describeWith(`on Node ${major}`, get, async ({ node, found }) => {
      const format = major === 20 ? "cjs" : "esm";
      const theatres = await openTheatres(node, format, found);
      for (const name of names) describeHost(name, casesOf(name, major, options), theatres);
    });
  }
}

function hostOf(name: string): Host {
  const host = hosts[name];
  if (host === undefined) throw new Error(`there is no host ${name}`);
  return host;
}

/** What is played on a host on a release. */
function casesOf(name: string, major: number, options: TableOptions): ExchangeCase[] {
  const { majors, hosts: names, isWhole = false, turns = majors.length } = options;
  return allCases.filter((exchange, row) => {
    const columns = names.filter((each) => isPlayedOn(exchange, hostOf(each)));
    const cell = { row, column: columns.indexOf(name), columns: columns.length };
    const layer = { layer: majors.indexOf(major), layers: turns };
    return columns.includes(name) && (isWhole || isInSpread({ ...cell, ...layer }));
  });
}

interface Theatres {
  readonly bare: Theatre;
  readonly observed: Theatre;
}

/** How many faults there are, however they are handled. */
const faultCount = faultCases.length / handlings;

/**
 * Plays each fault in a process of its own, bare and observed, and compares what is left of it. Where it is not whole each fault is played once on
 * each host, in turn on one of the releases and handled in one of the ways.
 */
export function describeFaults({ majors, hosts: names, isWhole = false }: TableOptions): void {
  for (const [layer, major] of majors.entries()) {
    describeWith(
      `on Node ${major}`,
      () => nodeRelease(major),
      async ({ program }) => {
        const format = major === 20 ? "cjs" : "esm";
        const options = { program, bundle: await bundleStage(), format } as const;
        for (const [column, name] of names.entries()) {
          const cell = { column, columns: names.length, layer, layers: majors.length, depths: handlings };
          const played = faultCases.filter(
            (_, at) => isWhole || isInSpread({ row: at % faultCount, depth: Math.floor(at / faultCount), ...cell }),
          );
          describeFaultsOf(name, played, options);
        }
      },
    );
  }
}

function describeFaultsOf(
  host: string,
  faults: readonly ExchangeCase[],
  options: Omit<TheatreOptions, "observed">,
): void {
  describe(`${host}: ${faults.length} faults, bare and observed`, () => {
    for (const exchange of faults) {
      it(exchange.name, async () => {
        const play = (observed: boolean) => playAlone({ ...options, observed }, host, exchange);
        const [bare, observed] = await Promise.all([play(false), play(!isControl)]);
        for (const what of ["wire", "stdout", "stderr"] as const) expectSame(`the ${what}`, bare[what], observed[what]);
        expect(observed.exit).toBe(bare.exit);
      });
    }
  });
}

/** Plays bare against bare: what differs then is the table's own fault. */
const isControl = process.env["TABLE_CONTROL"] !== undefined;

async function openTheatres(
  node: NodeRelease,
  format: "cjs" | "esm",
  folders: Readonly<Record<string, string>>,
): Promise<Theatres> {
  const bundle = await bundleStage();
  const options = { program: node.program, bundle, format, folders };
  const bare = new Theatre({ ...options, observed: false });
  const observed = new Theatre({ ...options, observed: !isControl });
  afterAll(async () => {
    await Promise.all([bare.close(), observed.close()]);
  });
  return { bare, observed };
}

function describeHost(name: string, cases: readonly ExchangeCase[], theatres: Theatres): void {
  const host = hostOf(name);
  describe(`${name}: ${cases.length} exchanges, bare and observed`, () => {
    for (const exchange of cases) it(exchange.name, () => compare(name, host, exchange, theatres));
  });
}

async function compare(name: string, host: Host, exchange: ExchangeCase, { bare, observed }: Theatres): Promise<void> {
  const play = (theatre: Theatre) =>
    theatre.play(name, exchange.name, (port, cues) => visit(exchange, host, port, cues));
  const [without, played] = await both(play(bare), play(observed));
  expectSame("the wire", linesOf(host, without.wire), linesOf(host, played.wire));
  expectSame("the log", inOrder(host, without.log), inOrder(host, played.log));
  if (played.observed === undefined) return;
  const { counted, scraped, active, faults } = played.observed;
  const right = expectedCounts(exchange, host, without.wire);
  expectSame("the records", right.map(shownCount), counted.map(shownCount));
  expect({ active, faults }).toEqual({ active: 0, faults: [] });
  expectSame("the scrape", expectedScrape(right), scraped);
}

/** Waits for both: who goes on while another still plays disturbs what comes next. */
async function both<Result>(one: Promise<Result>, other: Promise<Result>): Promise<[Result, Result]> {
  await Promise.allSettled([one, other]);
  return [await one, await other];
}

function expectSame(what: string, bare: readonly string[], observed: readonly string[]): void {
  const lost = bare.filter((line) => !observed.includes(line)).map((line) => `- ${line}`);
  const added = observed.filter((line) => !bare.includes(line)).map((line) => `+ ${line}`);
  const said =
    lost.length + added.length > 0
      ? [...lost, ...added]
      : ["the order", ...bare.map((line) => `- ${line}`), ...observed.map((line) => `+ ${line}`)];
  expect(observed, `${what}:\n${said.join("\n")}\n`).toEqual(bare);
}

/** Who stops says that a connection is at its end. */
function linesOf({ stops }: Host, wire: string): readonly string[] {
  const lines = wire.split("\r\n").flatMap((line) => line.split("\n"));
  return stops ? lines.filter((line) => !/^(connection: (close|keep-alive)|keep-alive: .*)$/i.test(line)) : lines;
}

/** On HTTP/2 the network decides when a session hears of what its streams know. */
function inOrder({ http }: Host, log: readonly string[]): readonly string[] {
  if (http === 1) return log;
  const isBelow = (line: string) => /^(server|session|socket|stream)/.test(line);
  return [...log.filter((line) => !isBelow(line)), ...new Set(log.filter(isBelow).sort())];
}

function shownCount({ status, aborted, failure, route }: Counted): string {
  return `${route} ${status}${aborted ? " aborted" : ""}${failure === undefined ? "" : ` ${failure}`}`;
}
