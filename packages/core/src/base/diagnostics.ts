import { types } from "node:util";
import type { TelemetrySource } from "../catalogue/values.ts";
import { cutText, errorName, isAiwatchError } from "./errors.ts";
import { defaultOf, inventory } from "./process-wide.ts";
import { monotonicClock } from "./time.ts";

/** A fault of our own or of what is observed, in words that hold nothing of the app's content. */
export interface Diagnostic {
  readonly source: TelemetrySource;
  /** What was being done, such as `observer "log"`. */
  readonly what: string;
  readonly error: unknown;
  /**
   * Whether what is observed is at fault, such as a model server that is down: AIWatch works, and `genai_app_telemetry_errors_total` does not count it.
   * @default the fault is AIWatch's, or an observer's
   */
  readonly isOutside?: true;
}

export type DiagnosticListener = (diagnostic: Diagnostic) => void;

/**
 * Where faults go: our own are counted, and the first of each kind is reported.
 */
export interface Diagnostics {
  fault(source: TelemetrySource, what: string, error: unknown): void;
  /** Reports that what is observed is at fault, such as a server that is down. It is no fault of ours, and is not counted. */
  outside(source: TelemetrySource, what: string, error: unknown): void;
  /** Runs `action`; a fault in it is reported and never reaches the caller. */
  guard<Result>(source: TelemetrySource, what: string, action: () => Result): Result | undefined;
}

export function createDiagnostics(
  count: (source: TelemetrySource) => void,
  listener: DiagnosticListener = warnOnce(),
): Diagnostics {
  const tell = (diagnostic: Diagnostic) => {
    try {
      noteFault(diagnostic);
    } catch {
      // an error that cannot be looked at
    }
    try {
      listener(diagnostic);
    } catch {
      // nobody is left to report to
    }
  };
  const fault = (source: TelemetrySource, what: string, error: unknown) => {
    try {
      count(source);
    } catch {
      // the counter itself is at fault: the line below is all that is left to say so
    }
    tell({ source, what, error });
  };
  return {
    fault,
    outside: (source, what, error) => tell({ source, what, error, isOutside: true }),
    guard(source, what, action) {
      try {
        const result = action();
        if (typeof result === "object" && result !== null && types.isPromise(result))
          result.catch((error) => fault(source, what, error));
        return result;
      } catch (error) {
        fault(source, what, error);
        return undefined;
      }
    },
  };
}

/** Kinds of faults that are kept for who asks for diagnostics. */
export const mostFaults = 20;

/** The latest kinds of faults of the process, without a word of what the app handed over. */
function noteFault({ source, what, error }: Diagnostic): void {
  const { faults } = inventory();
  const kind = `${source} ${what} ${ownReason(error) ?? errorName(error)}`;
  const before = faults.get(kind);
  faults.delete(kind);
  faults.set(kind, {
    source,
    what: cutText(what, 200),
    error: before?.error ?? cutText(describeFault(error), 300),
    count: (before?.count ?? 0) + 1,
    lastAt: monotonicClock.now(),
  });
  for (const oldest of faults.keys()) if (faults.size > mostFaults) faults.delete(oldest);
}

/** One process warning for each kind of fault: the first says what is wrong, the counter says how often. */
export function warnOnce(): DiagnosticListener {
  const told = new Set<string>();
  return ({ source, what, error, isOutside }) => {
    const kind = `${source} ${what} ${ownReason(error) ?? ""}`;
    if (told.has(kind) || told.size >= 100) return;
    told.add(kind);
    const whose = isOutside
      ? "It is no fault of AIWatch's, which goes on; this is the only warning of that reason"
      : "AIWatch caught it; genai_app_telemetry_errors_total counts the others";
    process.emitWarning(`${what} failed: ${describeFault(error)}. ${whose}.`, {
      type: "AiwatchWarning",
      code: "AIWATCH_FAULT",
    });
  };
}

/** An error's code or class, and the place that threw it: its message may hold content and is left out, unless it is AIWatch's own. */
function describeFault(error: unknown): string {
  const reason = ownReason(error);
  if (reason !== undefined) return reason;
  const name = errorName(error);
  try {
    const at = error instanceof Error ? firstFrame(error) : undefined;
    return at === undefined ? name : `${name} ${at}`;
  } catch {
    // a stack that cannot be read
    return name;
  }
}

/** Why a model server cannot be read: AIWatch wrote the message, and the place would say nothing. */
function ownReason(error: unknown): string | undefined {
  try {
    return isAiwatchError(error) && error.code === "AIWATCH_MODEL_SERVER" ? error.message : undefined;
  } catch {
    // an error that cannot be looked at
    return undefined;
  }
}

const frame = /^ {4}at \S.*:\d+:\d+\)?$/;

/** The stack begins with the message, whose own lines may look like frames. */
function firstFrame({ message, stack }: Error): string | undefined {
  if (typeof stack !== "string" || !stack.includes(message)) return undefined;
  const frames = stack.slice(stack.indexOf(message) + message.length).split("\n");
  return frames.find((line) => frame.test(line))?.trim();
}

/** Where there is no instance, nobody counts, and the first fault is a process warning all the same. */
const uncounted = createDiagnostics(() => {});

/** Where calls that belong to no instance report their faults: the default one's diagnostics. */
export function defaultDiagnostics(): Diagnostics {
  return defaultOf<{ readonly diagnostics: Diagnostics }>().instance?.diagnostics ?? uncounted;
}
