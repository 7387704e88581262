import * as v from "valibot";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { BrowserResource, openBrowserSpans, type TracedSpan, takeBrowserSpan } from "../browser-spans/browser-spans.ts";
import { type ClientOutcome, type errorTypes, webVitals } from "../catalogue/values.ts";
import { overflowValue } from "../instruments/label-values.ts";
import type { Answer } from "../routes/answer.ts";
import { Latest } from "../windows/latest.ts";
import { beginClientCounts, beginClientErrors, beginClientTimes, countClientErrors } from "./client-series.ts";
import { jsonObject, readJsonBody } from "./json-body.ts";
import { type BrowserReport, type BrowserSpan, browserReportSchema } from "./schema.ts";

/** What a browser lets a page leave behind, and a little. */
export const batchLimitBytes = 65_536;
/** What a browser measured of one message is no longer: a page that slept in between measured its sleep. */
export const longestFigureMs = 3_600_000;
/** Of each list in a batch. */
export const mostItems = 100;
/** Batches that are told from those that are sent again, at least. */
export const batchesKept = 10_000;
/** Services, and releases, that pages may give themselves without a list. */
export const namesKept = 20;

/** An error that a page reported, checked: no field of it can hold a line's end, and none is long. */
export interface ReportedError {
  /** Its class. */
  readonly type: string;
  /** The script's path, line and column, where the browser told them. */
  readonly place?: string;
  readonly service?: string;
  readonly release?: string;
}

export interface BatchOptions {
  /**
   * What pages may call themselves, as `service.name` of their spans. Without it, the first 20 names count, the others are `other`.
   * @default any name
   */
  readonly services?: readonly string[];
  /**
   * Called for each error that a page reported as caught nowhere, such as to write a line: metrics have its class alone. What it throws is
   * reported and changes nothing.
   * @default nobody
   * @example onError: ({ type, place }) => logger.warn({ type, place }, "error in a page")
   */
  readonly onError?: (error: ReportedError) => void;
}

const longestDurationMs = 604_800_000;
const duration = v.pipe(v.number(), v.minValue(0), v.maxValue(longestDurationMs));
const errorType = v.pipe(v.string(), v.regex(/^[\w.:-]{1,64}$/, "1 to 64 of letters, digits, _ . : -"));
const name = v.pipe(v.string(), v.regex(/^[\w ./:@+-]{1,64}$/, "1 to 64 of letters, digits, blanks, . _ / : @ + -"));
const hex = (digits: number) =>
  v.pipe(v.string(), v.regex(new RegExp(`^(?!0+$)[0-9a-f]{${digits}}$`), `${digits} hexadecimal digits`));
const listOf = <Item extends v.GenericSchema>(item: Item) => v.optional(v.pipe(v.array(item), v.maxLength(mostItems)));

const spanSchema = jsonObject({
  kind: v.picklist(["answer", "request"]),
  traceId: v.optional(hex(32)),
  spanId: v.optional(hex(16)),
  // what a Date can hold
  startedAt: v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15)),
  durationMs: duration,
  firstTextMs: v.optional(duration),
  paintedMs: v.optional(duration),
  outcome: v.picklist(["answered", "failed", "aborted"]),
  status: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999))),
  errorType: v.optional(errorType),
});

const errorSchema = jsonObject({
  type: errorType,
  place: v.optional(v.pipe(v.string(), v.regex(/^[!-~]{1,200}$/, "1 to 200 of ASCII without blanks"))),
});

const schema = jsonObject({
  schema: v.literal(browserReportSchema),
  id: hex(16),
  service: v.optional(name),
  release: v.optional(name),
  spans: listOf(spanSchema),
  errors: listOf(errorSchema),
  vitals: listOf(jsonObject({ name: v.picklist(webVitals), ms: duration })),
});

/** `POST /aiwatch/browser`: a batch of what a page saw. All of it is taken, or it is refused. */
export function answerBrowser(aiwatch: AiwatchHost, options: BatchOptions): Answer {
  beginClientTimes(aiwatch);
  beginClientErrors(aiwatch);
  beginClientCounts(aiwatch);
  openBrowserSpans();
  const door = new BrowserDoor(aiwatch, options);
  return async function clientBatch(req, res) {
    const report = await readJsonBody(req, schema, batchLimitBytes);
    door.take(report as BrowserReport);
    res.statusCode = 204;
    res.end();
  };
}

class BrowserDoor {
  readonly #aiwatch: AiwatchHost;
  readonly #options: BatchOptions;
  readonly #countError: (type: string) => void;
  readonly #resources: Resources;
  /** The ids of the batches that were taken. */
  readonly #taken = new Latest<true>(batchesKept);

  constructor(aiwatch: AiwatchHost, options: BatchOptions) {
    this.#aiwatch = aiwatch;
    this.#options = options;
    this.#countError = countClientErrors(aiwatch);
    this.#resources = new Resources(aiwatch, options.services);
  }

  take(report: BrowserReport): void {
    if (this.#taken.get(report.id) !== undefined) return;
    this.#taken.set(report.id, true);
    for (const span of report.spans ?? []) this.#takeSpan(span, report);
    for (const { type, place } of report.errors ?? []) this.#takeError(type, place, report);
    for (const { name, ms } of report.vitals ?? []) {
      observe(ms, (seconds) => this.#aiwatch.instruments.clientWebVital.observe({ name }, seconds));
    }
  }

  #takeSpan(span: BrowserSpan, { service, release }: BrowserReport): void {
    if (span.kind === "answer") this.#countAnswer(span);
    const errorType = span.outcome === "failed" ? (span.errorType ?? errorTypeOf(span.status)) : undefined;
    if (errorType !== undefined) this.#countError(errorType);
    if (!isTraced(span)) return;
    const { diagnostics, instruments } = this.#aiwatch;
    const hand = () => takeBrowserSpan({ ...span, errorType }, this.#resources.of(service, release));
    const outcome = diagnostics.guard("tracer", "handing on a browser's span", hand);
    if (outcome !== undefined) instruments.clientSpans.add({ outcome });
  }

  #countAnswer(span: BrowserSpan): void {
    const { clientAnswers, clientFirstToken, clientResponse } = this.#aiwatch.instruments;
    clientAnswers.add({ outcome: outcomeOf(span) });
    observe(firstSeenMs(span), (seconds) => clientFirstToken.observe({}, seconds));
    if (span.outcome === "answered") observe(span.durationMs, (seconds) => clientResponse.observe({}, seconds));
  }

  #takeError(type: string, place: string | undefined, { service, release }: BrowserReport): void {
    this.#countError(type);
    const { onError } = this.#options;
    if (onError === undefined) return;
    const error = { type, ...(place && { place }), ...(service && { service }), ...(release && { release }) };
    this.#aiwatch.diagnostics.guard("route", "the option onError", () => onError(error));
  }
}

function isTraced(span: BrowserSpan): span is TracedSpan {
  return span.traceId !== undefined && span.spanId !== undefined;
}

/** The types that core knows, by status. */
function errorTypeOf(status: number | undefined): (typeof errorTypes.client)[number] {
  if (status === undefined) return "network";
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 504) return "timeout";
  return status >= 500 ? "server_error" : "unknown";
}

/** When the reader saw the first text, as far as that is known. */
function firstSeenMs({ paintedMs, firstTextMs }: BrowserSpan): number | undefined {
  return paintedMs ?? firstTextMs;
}

function outcomeOf(span: BrowserSpan): ClientOutcome {
  return span.outcome === "aborted" && firstSeenMs(span) === undefined ? "left" : span.outcome;
}

/** What is longer than any answer is not recorded. */
function observe(ms: number | undefined, record: (seconds: number) => void): void {
  if (ms !== undefined && ms <= longestFigureMs) record(ms / 1000);
}

/** Those that pages' spans are of: the names come from outside, and whatever counts spans by them has a series for each. */
class Resources {
  readonly #aiwatch: AiwatchHost;
  readonly #services: Names;
  readonly #releases = new Names(undefined);
  readonly #byName = new Map<string, BrowserResource>();

  constructor(aiwatch: AiwatchHost, services: readonly string[] | undefined) {
    this.#aiwatch = aiwatch;
    this.#services = new Names(services);
  }

  of(service: string | undefined, release: string | undefined): BrowserResource {
    const name = this.#services.admit(service) ?? `${this.#aiwatch.service}-browser`;
    const version = this.#releases.admit(release);
    const key = JSON.stringify([name, version]);
    const resource = this.#byName.get(key) ?? new BrowserResource(name, version);
    this.#byName.set(key, resource);
    return resource;
  }
}

/** Those of a list; without one the first that come. */
class Names {
  readonly #known: Set<string>;
  readonly #cap: number;

  constructor(list: readonly string[] | undefined) {
    this.#known = new Set(list);
    this.#cap = list?.length ?? namesKept;
  }

  admit(name: string | undefined): string | undefined {
    if (name === undefined || this.#known.has(name)) return name;
    if (this.#known.size >= this.#cap) return overflowValue;
    this.#known.add(name);
    return name;
  }
}
