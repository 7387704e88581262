import type { Catalogue } from "../catalogue/index.ts";
import type { CounterRow, GaugeRow } from "../catalogue/row.ts";
import { serverRows } from "../catalogue/server-rows.ts";
import type { ServedModel, ServerBoard, ServerReadings } from "../models/server-board.ts";
import type { CounterMetric } from "./counter.ts";
import { beginDropped } from "./known-series.ts";
import { type AdmittedValues, LabelLimiter } from "./label-values.ts";
import { Metric, type MetricSnapshot, type Sample } from "./metric.ts";

type ServerRow = CounterRow | GaugeRow;
type SeriesDropped = CounterMetric<Catalogue["seriesDropped"]>;

/** A figure of one server: the labels that come after `server`, and the value. */
type Figure = readonly [labels: Readonly<Record<string, string>>, value: number | undefined];

/** Reads a row's figures from what a server says. */
type ReadFigures = (readings: ServerReadings) => readonly Figure[];

/** One row of what watched servers say, read when somebody asks. Counters are the servers' own: a reset of the registry leaves them. */
export class ServerMetric<Row extends ServerRow> extends Metric<Row> {
  readonly #servers: ServerBoard;
  readonly #read: ReadFigures;
  readonly #limiter: LabelLimiter;
  #readings: ReadonlyMap<string, ServerReadings> = new Map();

  constructor(row: Row, servers: ServerBoard, read: ReadFigures, limiter: LabelLimiter) {
    super(row);
    this.#servers = servers;
    this.#read = read;
    this.#limiter = limiter;
  }

  override async get(): Promise<MetricSnapshot> {
    this.#readings = await this.#servers.read();
    return super.get();
  }

  protected override clear(): void {}

  protected override samples(): readonly Sample[][] {
    const samples: Sample[] = [];
    for (const [server, readings] of this.#readings) {
      for (const [labels, value] of this.#read(readings)) this.#add(samples, { server, ...labels }, value);
    }
    return [samples];
  }

  /** What is over a label's cap is left out: one series cannot have the values of many. */
  #add(samples: Sample[], labels: Readonly<Record<string, string>>, value: number | undefined): void {
    if (value === undefined || !Number.isFinite(value)) return;
    const values = this.#limiter.admit(labels, true);
    if (!this.#limiter.isOver(labels)) samples.push({ labels: this.#limiter.labelsOf(values), value });
  }
}

const ofModels =
  (read: (model: ServedModel) => number | undefined): ReadFigures =>
  ({ models }) =>
    models.map((served) => [{ model: served.model }, read(served)]);

/** @param label the row's third label, and the figure of each of its values */
const byLabel =
  (label: string, figures: Readonly<Record<string, (model: ServedModel) => number | undefined>>): ReadFigures =>
  ({ models }) =>
    models.flatMap((served) =>
      Object.entries(figures).map(([value, read]) => [{ model: served.model, [label]: value }, read(served)] as const),
    );

/** By row. A row without its figures here is a type error. */
const figures = {
  modelServerUp: ({ isUp }) => [[{}, isUp ? 1 : 0]],
  modelServerRestarts: ({ restarts }) => [[{}, restarts]],
  modelServerModels: ({ models }) =>
    models.flatMap(({ model, state }) => (state === undefined ? [] : [[{ model, state }, 1] as const])),
  modelServerSlots: byLabel("state", { active: (model) => model.activeSlots, free: (model) => model.freeSlots }),
  modelServerDeferred: ofModels((model) => model.deferredRequests),
  modelServerContextSize: ofModels((model) => model.contextSize),
  modelServerMemory: byLabel("place", { gpu: (model) => model.gpuMemoryBytes, main: (model) => model.mainMemoryBytes }),
  llamaCppServerKvCacheUsage: ofModels((model) => model.kvCacheUsageRatio),
  llamaCppServerPromptEvalTokens: ofModels((model) => model.promptEvalTokens),
  llamaCppServerCachedPromptTokens: ofModels((model) => model.cachedPromptTokens),
  llamaCppServerPromptEval: ofModels((model) => model.promptEvalSeconds),
  llamaCppServerOutputTokens: ofModels((model) => model.outputTokens),
  llamaCppServerDecode: ofModels((model) => model.decodeSeconds),
  llamaCppServerDecodes: ofModels((model) => model.decodes),
} satisfies Record<keyof typeof serverRows, ReadFigures>;

type ServerMetrics = { readonly [Key in keyof typeof serverRows]: ServerMetric<(typeof serverRows)[Key]> };

/** The rows of the model servers that are watched. */
export function makeServerMetrics(servers: ServerBoard, seriesDropped: SeriesDropped, admitted: AdmittedValues) {
  const made = Object.entries<ServerRow>(serverRows).map(([key, row]) => {
    const dropped = () => seriesDropped.add({ metric: row.name });
    const limiter = new LabelLimiter(row.labels, dropped, admitted);
    return [key, new ServerMetric(row, servers, figures[key as keyof typeof figures], limiter)];
  });
  return Object.fromEntries(made) as ServerMetrics;
}

/** A server is watched: from now on names of servers and of their models may be lost. */
export function beginServers(instruments: { readonly seriesDropped: SeriesDropped }): void {
  beginDropped(instruments, Object.values(serverRows));
}
