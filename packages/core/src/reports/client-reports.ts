import * as v from "valibot";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { invalidArgument } from "../base/errors.ts";
import { webVitals } from "../catalogue/values.ts";
import type { Answer } from "../routes/answer.ts";
import type { ClientReports, ReportName } from "../routes/handlers.ts";
import { answerBrowser, type BatchOptions, longestFigureMs } from "./browser-report.ts";
import { beginClientErrors, beginClientTimes, countClientErrors } from "./client-series.ts";
import { checkType, jsonObject, readJsonBody } from "./json-body.ts";
import { ReportLimit, type ReportLimits, readReportLimits } from "./report-limit.ts";

const milliseconds = v.pipe(v.number(), v.minValue(0), v.maxValue(longestFigureMs));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0), v.maxValue(100_000_000));

// a field that is null is not known: JSON has no other word for NaN, and the Go system took it
const logSchema = jsonObject({
  message_id: v.nullish(v.pipe(v.string(), v.maxLength(128))),
  tokens_in: v.nullish(count),
  tokens_out: v.nullish(count),
  response_time_ms: v.nullish(milliseconds),
  time_to_first_token_ms: v.nullish(milliseconds),
  web_vitals: v.nullish(jsonObject(Object.fromEntries(webVitals.map((name) => [name, v.nullish(milliseconds)])))),
});

const errorSchema = jsonObject({
  error_type: v.pipe(v.string(), v.regex(/^[\w.:-]{1,64}$/, "1 to 64 of letters, digits, _ . : -")),
  status_code: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(999))),
  input_length: v.nullish(count),
  timestamp: v.nullish(v.union([v.pipe(v.string(), v.maxLength(64)), v.number()])),
});

/** How much browsers may send, and what becomes of it. */
export interface ReportOptions extends ReportLimits, BatchOptions {}

/**
 * Serves what browsers report at a door: `POST /aiwatch/browser`, the batches of `@aiwatch/browser`, and `POST /metrics/log` and
 * `POST /metrics/error`, one figure or error each. Each route of each door counts its own reports.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for an option that cannot be used
 * @example app.use(aiwatchExpress(aiwatch, { reports: clientReports({ trustedProxies: 1 }) }));
 */
export function clientReports(options: ReportOptions = {}): ClientReports {
  const settings = readReportLimits(options);
  checkBatchOptions(options);
  return {
    open(aiwatch, name) {
      const host = hostOf(aiwatch as Aiwatch);
      const limit = new ReportLimit(host, settings);
      return {
        answer: answerOf(host, name, options),
        /** The client's own limit stands before `authorize`, which no flood reaches; what all share counts behind it, so that the refused use up nothing of it. */
        async admit(req, authorize) {
          // any page can have its visitors' browsers send other types: that must not use up what they may send themselves
          checkType(req);
          limit.admitClient(req);
          await authorize(req);
          limit.admitAmongAll();
        },
      };
    },
  };
}

function answerOf(host: AiwatchHost, name: ReportName, options: BatchOptions): Answer {
  if (name === "browser") return answerBrowser(host, options);
  return name === "log" ? answerClientLog(host) : answerClientError(host);
}

/** Plain JavaScript may give anything. */
function checkBatchOptions({ services, onError }: BatchOptions): void {
  const areNames = Array.isArray(services) && services.every((service) => typeof service === "string");
  if (services !== undefined && !areNames) throw invalidArgument("services", services, "a list of names");
  if (onError !== undefined && typeof onError !== "function") throw invalidArgument("onError", onError, "a function");
}

/**
 * `POST /metrics/log`: what a browser measured of one message. Feeds the `client_*` metrics alone: the server counts tokens itself, so
 * posted counts are checked and left out. `web_vitals` holds milliseconds by name.
 */
function answerClientLog(aiwatch: AiwatchHost): Answer {
  beginClientTimes(aiwatch);
  return async function clientLog(req, res) {
    const report = await readJsonBody(req, logSchema);
    const { clientFirstToken, clientResponse, clientWebVital } = aiwatch.instruments;
    const { time_to_first_token_ms: firstTokenMs, response_time_ms: responseMs } = report;
    // the Go system's front end posts 0 where it saw no token
    if (firstTokenMs !== 0) observeMs(firstTokenMs, (seconds) => clientFirstToken.observe({}, seconds));
    observeMs(responseMs, (seconds) => clientResponse.observe({}, seconds));
    for (const [name, value] of Object.entries(report.web_vitals ?? {})) {
      observeMs(value, (seconds) => clientWebVital.observe({ name }, seconds));
    }
    res.statusCode = 200;
    res.end();
  };
}

function observeMs(ms: number | null | undefined, observe: (seconds: number) => void): void {
  if (typeof ms === "number") observe(ms / 1000);
}

/** `POST /metrics/error`: an error that a browser had. Feeds `errors_total{operation="client"}`. */
function answerClientError(aiwatch: AiwatchHost): Answer {
  const count = countClientErrors(aiwatch);
  beginClientErrors(aiwatch);
  return async function clientError(req, res) {
    const report = await readJsonBody(req, errorSchema);
    count(report.error_type);
    res.statusCode = 200;
    res.end();
  };
}
