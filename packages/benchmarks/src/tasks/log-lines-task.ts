import { createLogger } from "@aiwatch/logging";
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { type Logger, pino, stdTimeFunctions } from "pino";
import { nullLog } from "../http/observe.ts";
import { timed } from "../measure/pairs.ts";

export const logSubjects = ["plain", "ours"] as const;
export type LogSubject = (typeof logSubjects)[number];

/** What an app logs. */
export const logLines = {
  flat: [{ a: 1 }, "x"],
  nested: [{ user: { id: 42, name: "ada" }, usage: { in: 12, out: 80 }, tags: ["a", "b"] }, "x"],
  message: ["x"],
} as const;
export type LogLine = keyof typeof logLines;

export interface LogLinesBlock {
  readonly line: LogLine;
  readonly lines: number;
}

/** Lines that an app writes inside a span, by plain pino with the span's ids and by `createLogger`. */
export async function logLinesTask(subject: LogSubject) {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  const log = nullLog();
  const logger = subject === "ours" ? createLogger({ destination: log.stream }) : plainLogger(log.stream);
  const span = trace.wrapSpanContext({
    traceId: "0af7651916cd43dd8448eb211c80319c",
    spanId: "b7ad6b7169203331",
    traceFlags: 1,
  });
  const inside = trace.setSpan(context.active(), span);
  return async ({ line, lines }: LogLinesBlock): Promise<number> => {
    const before = log.lines();
    const [first, ...rest] = logLines[line];
    const { cpuMicros } = await timed(async () =>
      context.with(inside, () => {
        for (let count = 0; count < lines; count += 1) logger.info(first, ...(rest as [string]));
      }),
    );
    if (log.lines() - before !== lines) throw new Error(`${log.lines() - before} of ${lines} lines were written`);
    return cpuMicros / lines;
  };
}

/** As pino's pages say: ISO time, the level's name, and the ids by `mixin`. */
function plainLogger(stream: ReturnType<typeof nullLog>["stream"]): Logger {
  const settings = {
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: () => {
      const { traceId, spanId } = trace.getActiveSpan()?.spanContext() ?? {};
      return { traceId, spanId };
    },
  };
  return pino(settings, stream);
}
