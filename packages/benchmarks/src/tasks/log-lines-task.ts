import { createLogger } from "@aiwatch/logging";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type Logger, pino, stdTimeFunctions } from "pino";

/** Plain pino, plain pino with the ids of the span as its pages say, and `createLogger`. */
export const logSubjects = ["plain", "ids", "ours"] as const;
export type LogSubject = (typeof logSubjects)[number];

const eight = {
  a: 1,
  model: "tiny-1.5b",
  user: "ada",
  ok: true,
  ms: 12.345,
  port: 8080,
  step: "answering",
  note: "of it",
};
const error = Object.assign(new Error("upstream refused"), { code: "E_UPSTREAM" });

/** What an app logs. */
export const logLines = {
  message: ["x"],
  flat: [{ a: 1 }, "x"],
  eight: [eight, "the answer is under way"],
  ruled: [{ method: "GET", url: "/chat/42", path: "/chat/42", key: "k1", ms: 1.5 }, "x"],
  nested: [{ user: { id: 42, name: "ada" }, usage: { in: 12, out: 80 }, tags: ["a", "b"] }, "x"],
  error: [{ err: error }, "x"],
} as const;
export type LogLine = keyof typeof logLines;

export interface LogLinesBlock {
  readonly line: LogLine;
  readonly lines: number;
}

/** Lines that an app writes inside a span, by each subject in turn: a block of each is a round. */
export async function logLinesTask(_start: null) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  let written = 0;
  const destination = {
    write() {
      written += 1;
    },
  };
  const loggers: Readonly<Record<LogSubject, Logger>> = {
    plain: pino({}, destination),
    ids: pino(withIds, destination),
    ours: createLogger({ destination }),
  };
  const span = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  const inside = trace.setSpan(context.active(), span);
  let rounds = 0;
  return async ({ line, lines }: LogLinesBlock): Promise<Record<LogSubject, number>> => {
    const micros = {} as Record<LogSubject, number>;
    const before = written;
    rounds += 1;
    for (const index of logSubjects.keys()) {
      const subject = logSubjects[(index + rounds) % logSubjects.length] ?? "plain";
      micros[subject] = context.with(inside, () => microsOf(loggers[subject], logLines[line], lines));
    }
    const expected = lines * logSubjects.length;
    if (written - before !== expected) throw new Error(`${written - before} of ${expected} lines were written`);
    return micros;
  };
}

/** By the clock: the counters of CPU time move in steps longer than a block. */
function microsOf(logger: Logger, [first, ...rest]: readonly unknown[], lines: number): number {
  const startedAt = performance.now();
  for (let count = 0; count < lines; count += 1) logger.info(first, ...(rest as [string]));
  return ((performance.now() - startedAt) * 1000) / lines;
}

const withIds = {
  timestamp: stdTimeFunctions.isoTime,
  formatters: { level: (label: string) => ({ level: label }) },
  mixin: () => {
    const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
    return { traceId, spanId };
  },
};
