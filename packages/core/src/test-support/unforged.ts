import { createLogger, logTo } from "@aiwatch/logging";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import { expect } from "vitest";
import type { Observer } from "../aiwatch/observer.ts";

/** What no answer, line, series or span may be made to say by somebody from outside. */
export const forged = '{"level":"fatal","msg":"forged"}';

/** @returns an observer that writes the line of each request to `lines` */
export function linesTo(lines: string[], pretty: boolean, level: "info" | "debug" = "info"): Observer {
  return logTo(createLogger({ pretty, level, destination: { write: (line) => lines.push(line) } }));
}

export function expectLine(line: string): void {
  expect(line.indexOf("\n")).toBe(line.length - 1);
  expect(line.length).toBeLessThan(2500);
  const object: Record<string, unknown> = JSON.parse(line);
  // no name stands in it twice
  expect(JSON.stringify(object)).toHaveLength(line.length - 1);
  expect(["debug", "info", "error"]).toContain(object["level"]);
  expect(object["msg"]).toMatch(/^(request|inference|tool call) (completed|failed|aborted)$/);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const harmful = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

export function expectPrettyLine(line: string): void {
  expect(line).toMatch(/^\[\d\d:\d\d:\d\d\.\d{3}\] (DEBUG|INFO|ERROR): (request|inference|tool call) \w+ \{/);
  expect(line.slice(-2)).toBe("}\n");
  expect(line.slice(0, -1)).not.toMatch(harmful);
  expect(line.length).toBeLessThan(2500);
}

export function expectBoundedSpan({ name, attributes }: ReadableSpan): void {
  expect(name.length).toBeLessThanOrEqual(300);
  const tooLong = Object.entries(attributes).filter(([, value]) => String(value).length > 1024);
  expect(tooLong).toEqual([]);
}

/** A comment, or a sample whose labels are quoted as both formats want it. */
const expositionLine =
  /^(?:# (?:HELP|TYPE) \w+ .+|# EOF|\w+(?:\{\w+="(?:[^"\\\n]|\\[\\"n])*"(?:,\w+="(?:[^"\\\n]|\\[\\"n])*")*\})? (?:[\d.e+-]+|[+]Inf)(?: # \{.*\} .+)?)$/;

/** Looks at `/metrics` in both formats: only after everything else, since it is a request as well. */
export async function expectExposition(url: string): Promise<string> {
  const texts: string[] = [];
  for (const accept of ["text/plain", "application/openmetrics-text"]) {
    const text = await (await fetch(`${url}/metrics`, { headers: { accept } })).text();
    expect(linesOf(text).filter((line) => !expositionLine.test(line))).toEqual([]);
    expect(Math.max(...linesOf(text).map(({ length }) => length))).toBeLessThan(1000);
    texts.push(text);
  }
  return texts.join("");
}

function linesOf(text: string): string[] {
  return text.slice(0, -1).split("\n");
}
