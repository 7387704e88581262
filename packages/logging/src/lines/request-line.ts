import type { RequestRecord } from "@aiwatch/core";
import { field } from "../fields.ts";
import { constantRow, type Line, type Row, roundedRow, sharedRow, textRow, valueRow } from "./line.ts";

interface Identified {
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** The ids of a record. */
export const idRows: readonly Row<Identified>[] = [
  textRow(field.requestId, 128, ({ requestId }) => requestId),
  textRow(field.traceId, 64, ({ traceId }) => traceId),
  textRow(field.spanId, 64, ({ spanId }) => spanId),
];

/** The line of an ended HTTP request. */
export const requestLine: Line<RequestRecord> = {
  // failures are errors; scrapes and health polls, which nobody wants to read, are debug: a readiness of 503 is an answer, no failure
  levelOf: (record) => (record.failure !== undefined ? "error" : record.own ? "debug" : "info"),
  messageOf: (record) =>
    record.failure !== undefined ? "request failed" : record.aborted ? "request aborted" : "request completed",
  rows: [
    constantRow(field.component, "http"),
    ...idRows,
    sharedRow(field.method, 32, ({ method }) => method),
    textRow(field.path, 512, ({ path }) => path),
    sharedRow(field.route, 256, ({ route }) => route),
    valueRow(field.status, ({ status }) => status),
    roundedRow(field.durationMs, ({ durationMs }) => durationMs),
    sharedRow(field.userAgent, 256, ({ userAgent }) => userAgent),
    textRow(field.user, 128, ({ user }) => user),
    valueRow(field.aborted, ({ aborted }) => aborted || undefined),
    textRow(field.errorType, 128, ({ failure }) => failure?.type),
  ],
};
