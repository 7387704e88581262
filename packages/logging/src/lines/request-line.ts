import type { RequestRecord } from "@aiwatch/core";
import { field } from "../fields.ts";
import { cleanText } from "./clean-text.ts";
import type { CleanText, Line, LineLevel } from "./line.ts";
import { rounded } from "./rounded.ts";

const component = cleanText("http", 32);

/** Failures are errors; scrapes and health polls, which nobody wants to read, are debug: a readiness of 503 is an answer, no failure. */
export function requestLevel(record: RequestRecord): LineLevel {
  if (failed(record)) return "error";
  return record.own ? "debug" : "info";
}

/** The line of an ended HTTP request. */
export function requestLine(record: RequestRecord): Line {
  return {
    message: failed(record) ? "request failed" : record.aborted ? "request aborted" : "request completed",
    fields: {
      [field.component]: component,
      ...idsOf(record),
      [field.method]: cleanText(record.method, 32),
      [field.path]: cleanText(record.path, 512),
      [field.route]: cleanText(record.route, 256),
      [field.status]: record.status,
      [field.durationMs]: rounded(record.durationMs),
      [field.userAgent]: optionalText(record.userAgent, 256),
      [field.user]: optionalText(record.user, 128),
      [field.aborted]: record.aborted || undefined,
      [field.errorType]: optionalText(record.failure?.type, 128),
    },
  };
}

function failed({ failure }: RequestRecord): boolean {
  return failure !== undefined;
}

/**
 * The record's ids, the unknown ones too: the logger's own idea of them, from whatever runs while the line is written, must not fill in.
 */
export function idsOf(record: Pick<RequestRecord, "traceId" | "spanId"> & { readonly requestId?: string }) {
  return {
    [field.requestId]: optionalText(record.requestId, 128),
    [field.traceId]: optionalText(record.traceId, 64),
    [field.spanId]: optionalText(record.spanId, 64),
  };
}

export function optionalText(text: string | undefined, limit: number): CleanText | undefined {
  return text === undefined ? undefined : cleanText(text, limit);
}
