import type { InferenceRecord, RequestRecord, ServerAddress, ToolRecord } from "@aiwatch/core";
import { field } from "../fields.ts";
import { constantRow, type Line, type Row, roundedRow, sharedRow, textRow, valueRow } from "./line.ts";

interface Identified {
  readonly requestId?: string;
  readonly traceId?: string;
  readonly spanId?: string;
}

/** The ids of a record. */
const idRows: readonly Row<Identified>[] = [
  textRow(field.requestId, 128, ({ requestId }) => requestId),
  textRow(field.traceId, 64, ({ traceId }) => traceId),
  textRow(field.spanId, 64, ({ spanId }) => spanId),
];

/** The line of an ended HTTP request. */
export const requestLine: Line<RequestRecord> = {
  // failures are errors; scrapes and health polls are debug, since few want to read them. A readiness of 503 is an answer, not a failure
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
    roundedRow(field.requestFirstTokenMs, ({ requestFirstTokenMs }) => requestFirstTokenMs),
    roundedRow(field.beforeModelMs, ({ beforeModelMs }) => beforeModelMs),
    sharedRow(field.userAgent, 256, ({ userAgent }) => userAgent),
    textRow(field.user, 128, ({ user }) => user),
    valueRow(field.aborted, ({ aborted }) => aborted || undefined),
    textRow(field.errorType, 128, ({ failure }) => failure?.type),
  ],
};

/** The line of an ended inference: its counts and times, never its prompt or answer. */
export const inferenceLine: Line<InferenceRecord> = {
  levelOf: ({ finishReason }) => (finishReason.unified === "error" ? "error" : "info"),
  messageOf: ({ finishReason }) => `inference ${endOf(finishReason.unified)}`,
  rows: [
    constantRow(field.component, "inference"),
    ...idRows,
    sharedRow(field.model, 256, ({ model }) => model),
    sharedRow(field.operation, 64, ({ operation }) => operation),
    sharedRow(field.requestedModel, 256, ({ requestedModel }) => requestedModel),
    sharedRow(field.server, 256, ({ server }) => server && hostOf(server)),
    valueRow(field.attempt, ({ attempt }) => attempt || undefined),
    sharedRow(field.finishReason, 64, ({ finishReason }) => finishReason.unified),
    sharedRow(field.finishReasonRaw, 64, ({ finishReason }) => finishReason.raw),
    valueRow(field.promptTokens, ({ promptTokens }) => promptTokens),
    valueRow(field.cachedPromptTokens, ({ cachedPromptTokens }) => cachedPromptTokens),
    valueRow(field.outputTokens, ({ outputTokens }) => outputTokens),
    valueRow(field.reasoningTokens, ({ reasoningTokens }) => reasoningTokens),
    valueRow(field.undeliveredTokens, ({ undeliveredTokens }) => undeliveredTokens),
    valueRow(field.contextShifts, ({ contextShifts }) => contextShifts),
    valueRow(field.toolCalls, ({ toolCalls }) => toolCalls),
    roundedRow(field.durationMs, ({ durationMs }) => durationMs),
    roundedRow(field.requestFirstTokenMs, ({ requestFirstTokenMs }) => requestFirstTokenMs),
    roundedRow(field.beforeModelMs, ({ beforeModelMs }) => beforeModelMs),
    roundedRow(field.queueMs, ({ queueMs }) => queueMs),
    roundedRow(field.promptEvalMs, ({ promptEvalMs }) => promptEvalMs),
    roundedRow(field.firstTokenMs, ({ firstTokenMs }) => firstTokenMs),
    roundedRow(field.serverQueueMs, ({ serverTimes }) => serverTimes?.queueMs),
    roundedRow(field.serverLoadMs, ({ serverTimes }) => serverTimes?.loadMs),
    roundedRow(field.unexplainedMs, ({ unexplainedMs }) => unexplainedMs),
    roundedRow(field.timePerOutputTokenMs, ({ timePerOutputTokenMs }) => timePerOutputTokenMs),
    roundedRow(field.eventLoopDelayMs, ({ eventLoopDelayMs }) => eventLoopDelayMs),
    sharedRow(field.slo, 32, ({ slo }) => slo),
    roundedRow(field.tokensPerSecond, ({ tokensPerSecond }) => tokensPerSecond),
    textRow(field.errorType, 128, ({ failure }) => failure?.type),
  ],
};

function hostOf({ address, port }: ServerAddress): string {
  return port === undefined ? address : `${address}:${port}`;
}

/** The line of an ended run of a function that a model called, never its arguments or result. */
export const toolLine: Line<ToolRecord> = {
  levelOf: ({ outcome }) => (outcome === "error" ? "error" : "info"),
  messageOf: ({ outcome }) => `tool call ${endOf(outcome)}`,
  rows: [
    constantRow(field.component, "tool"),
    ...idRows,
    sharedRow(field.model, 256, ({ model }) => model),
    sharedRow(field.tool, 128, ({ tool }) => tool),
    sharedRow(field.outcome, 32, ({ outcome }) => outcome),
    roundedRow(field.durationMs, ({ durationMs }) => durationMs),
    textRow(field.errorType, 128, ({ failure }) => failure?.type),
  ],
};

function endOf(reason: string): string {
  return reason === "error" ? "failed" : reason === "aborted" ? "aborted" : "completed";
}
