import type { ToolRecord } from "@aiwatch/core";
import { field } from "../fields.ts";
import { cleanText } from "./clean-text.ts";
import type { Line, LineLevel } from "./line.ts";
import { idsOf, optionalText } from "./request-line.ts";
import { rounded } from "./rounded.ts";

const component = cleanText("tool", 32);

export function toolLevel(record: ToolRecord): LineLevel {
  return record.outcome === "error" ? "error" : "info";
}

/** The line of an ended run of a function that a model called, never its arguments or result. */
export function toolLine(record: ToolRecord): Line {
  const { outcome } = record;
  return {
    message: `tool call ${outcome === "error" ? "failed" : outcome === "aborted" ? "aborted" : "completed"}`,
    fields: {
      [field.component]: component,
      ...idsOf(record),
      [field.model]: cleanText(record.model, 256),
      [field.tool]: cleanText(record.tool, 128),
      [field.outcome]: cleanText(outcome, 32),
      [field.durationMs]: rounded(record.durationMs),
      [field.errorType]: optionalText(record.failure?.type, 128),
    },
  };
}
