import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { folder as boardsFolder } from "../../grafana-json.ts";
import { readBoards } from "../board.ts";
import { type Demo, demoScrape, startDemo } from "../demo/demo.ts";
import { httpApi } from "../http-api.ts";
import { servePrometheus } from "../prometheus.ts";
import { firstValues } from "../variables.ts";
import { figuresOf, type ReadersFigures } from "./figures.ts";
import { Readers } from "./readers.ts";
import { counterpartOf, firstTiles, type Tile, textOf, withUnit } from "./tiles.ts";

const help = `Keeps readers on a demo that cannot serve them all, and prints what the first screen of LLM Performance says beside what they saw.

  npm run dashboards:overload -- [--minutes 6] [--readers 8] [--guests 4] [--boards FOLDER]...
`;

const { values } = parseArgs({
  options: {
    minutes: { type: "string", default: "6" },
    readers: { type: "string", default: "8" },
    guests: { type: "string", default: "4" },
    boards: { type: "string", multiple: true, default: [boardsFolder] },
    help: { type: "boolean", default: false },
  },
});

/** The demo's objective for the first token, as its main.js sets it. */
const objective = 0.5;
/** What tiles with a fixed window look back over, in seconds. */
const fixedWindow = 300;

const readersFolder = new URL("../../../../examples/express/test/readers/test-support/", import.meta.url);

async function overload(minutes: number, readers: number, guests: number): Promise<void> {
  const { failingSeeds: failing } = (await import(new URL("failing-seeds.ts", readersFolder).href)) as {
    failingSeeds: { beforeText: number; inText: number };
  };
  const MODEL_PATH = await ensureTinyModel({ sentences: 12, feedForward: 131_072 });
  const NODE_OPTIONS = `--import ${new URL("failing-answers.ts", readersFolder).href}`;
  const demo = await startDemo({ MODEL_PATH, NODE_OPTIONS });
  const prometheus = await servePrometheus({ targets: [{ host: demo.host, job: "genai-app" }], scrape: demoScrape });
  const crowd = new Readers({ host: demo.host, readers, guests, patience: 20, failing });
  try {
    const began = Date.now() / 1000;
    await sleep(minutes * 60_000);
    // the last scrape is behind the readers by one interval at most
    const to = Date.now() / 1000;
    const seen = structuredClone(crowd.visits);
    const now = await summaryOf(demo);
    const figures = figuresOf(seen, { from: Math.max(began, to - fixedWindow), to, objective });
    for (const folder of values.boards) print(await tilesAt(prometheus.url, folder, { from: began, to }), figures);
    tell(figures, now);
  } finally {
    await crowd.stop();
    await prometheus.close();
    await demo.process.stop("SIGKILL");
  }
}

async function tilesAt(url: string, folder: string, span: { from: number; to: number }): Promise<Tile[]> {
  const [llm] = await readBoards(folder, ["llm-dashboard"]);
  if (llm === undefined) throw new Error(`${folder} has no llm-dashboard.json`);
  const api = httpApi(url);
  const known = await firstValues(llm.board.templating?.list ?? [], api.labelValues);
  return firstTiles(llm.board, { api, values: known, span, scrape: demoScrape, width: 1440, alerts: [] });
}

/** What the demo says of itself at the same moment, as its page's panel shows it. */
async function summaryOf({ host }: Demo): Promise<unknown> {
  const summary = (await (await fetch(`http://${host}/metrics/summary`)).json()) as { now?: unknown };
  return summary.now;
}

function print(tiles: readonly Tile[], figures: ReadersFigures): void {
  const rows = tiles.map((tile) => [tile.title, textOf(tile), counterpartOf(tile, figures)]);
  const table = [["tile", "says", "the readers"], ["---", "---", "---"], ...rows];
  process.stdout.write(`${table.map((row) => `| ${row.join(" | ")} |`).join("\n")}\n\n`);
}

function tell(figures: ReadersFigures, now: unknown): void {
  const { asked, firstTokenP95, refused, failed, left, waiting, reading, goodShare } = figures;
  const words = [
    `${asked} asked in the last ${fixedWindow / 60} minutes`,
    `first token p95 ${withUnit(firstTokenP95, "s")}`,
    `within ${objective} s ${withUnit(goodShare, "percentunit")}`,
    `${refused} refused, ${failed} failed, ${left} left`,
    `${waiting} waiting and ${reading} reading now`,
  ];
  process.stdout.write(`The readers: ${words.join("; ")}.\nThe demo itself: ${JSON.stringify(now)}\n`);
}

// what was started is killed when this process exits, and a signal alone does not let it exit so
for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(130));

if (values.help) process.stdout.write(help);
else await overload(Number(values.minutes), Number(values.readers), Number(values.guests));
