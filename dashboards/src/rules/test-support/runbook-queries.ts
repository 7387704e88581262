import { readFileSync } from "node:fs";
import { join } from "node:path";
import { runbookFolder } from "../../runbooks.ts";

/** Fenced pieces of a language. */
const pieces = (text: string, language: string) =>
  [...text.matchAll(new RegExp(`^ *\`\`\`${language}\\n(.*?)^ *\`\`\``, "gms"))].map(([, piece = ""]) => piece);

/** Each line is an expression, or goes on with the one before. */
const expressions = (piece: string) => piece.trim().split(/\n(?!\s)/);

/** The queries of a runbook's text, in their order. */
export const queriesIn = (text: string): string[] => pieces(text, "promql").flatMap(expressions);

/** Those of an alert's runbook. */
export const runbookQueries = (alert: string): string[] =>
  queriesIn(readFileSync(join(runbookFolder, `${alert}.md`), "utf8"));
