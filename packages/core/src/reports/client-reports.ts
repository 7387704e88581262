import * as v from "valibot";
import { type Aiwatch, hostOf } from "../aiwatch/aiwatch.ts";
import type { AiwatchHost } from "../aiwatch/host.ts";
import { errorTypes, webVitals } from "../catalogue/values.ts";
import { beginClientErrors, beginClientTimes } from "../instruments/known-series.ts";
import { LabelLimiter, overflowValue } from "../instruments/label-values.ts";
import type { Answer } from "../routes/answer.ts";
import type { ClientReports } from "../routes/handlers.ts";
import { checkType, jsonObject, readJsonBody } from "./json-body.ts";
import { ReportLimit, type ReportLimits, readReportLimits } from "./report-limit.ts";

/** How many error types of their own browsers may have: those of the server must find room in the metric whatever is posted. */
export const foreignErrorTypes = 10;

/** What a browser measured of one message is no longer. */
export const longestFigureMs = 3_600_000;
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

/**
 * Serves `POST /metrics/log` and `POST /metrics/error` at a door: what browsers measured, and the errors that they had. Each route of each door
 * counts its own reports.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for a limit that is no number, and a `clientOf` that is no function
 * @example app.use(aiwatchExpress(aiwatch, { reports: clientReports({ perClientPerMinute: 60 }) }));
 */
export function clientReports(limits: ReportLimits = {}): ClientReports {
  const settings = readReportLimits(limits);
  return {
    open(aiwatch, name) {
      const host = hostOf(aiwatch as Aiwatch);
      const limit = new ReportLimit(host, settings);
      return {
        answer: name === "log" ? answerClientLog(host) : answerClientError(host),
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

/**
 * `POST /metrics/log`: what a browser measured of one message. Feeds the `client_*` metrics alone: the server counts tokens itself, so
 * posted counts are checked and left out. `web_vitals` holds milliseconds by name.
 */
function answerClientLog(aiwatch: AiwatchHost): Answer {
  beginClientTimes(aiwatch.instruments);
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
  const dropped = () => {
    const { errors, seriesDropped } = aiwatch.instruments;
    seriesDropped.add({ metric: errors.rowName });
  };
  const rules = { type: { values: errorTypes.client, cap: errorTypes.client.length + foreignErrorTypes } };
  const types = new LabelLimiter(rules, dropped);
  beginClientErrors(aiwatch.instruments);
  return async function clientError(req, res) {
    const report = await readJsonBody(req, errorSchema);
    const [type = overflowValue] = types.admit({ type: report.error_type }, true);
    aiwatch.instruments.errors.add({ type, operation: "client" });
    res.statusCode = 200;
    res.end();
  };
}
