import { writeSync } from "node:fs";
import { runDue } from "../after-turn.ts";
import type { Observer } from "../observer.ts";
import { ExitReport } from "./exit-report.ts";

/** Its number in every process: in a worker thread, too, whose `process.stderr` is a message to the main one. */
const stderr = 2;

const reports = new Set<ExitReport>();

/** Writes what it is told on stderr when the process exits, `process.exit()` included. A signal that kills it leaves no time for that. */
export function exitReport(...given: ConstructorParameters<typeof ExitReport>): Observer {
  const report = new ExitReport(...given);
  if (reports.size === 0) process.on("exit", writeAll);
  reports.add(report);
  return report;
}

function writeAll(): void {
  // an app can emit the event by itself, and live on
  if (Reflect.get(process, "_exiting") === false) return;
  process.off("exit", writeAll);
  const all = [...reports];
  reports.clear();
  runDue();
  for (const report of all) write(report);
}

function write(report: ExitReport): void {
  try {
    const text = report.text();
    // at once: what a stream of Node's holds back now is never written
    if (text !== undefined) writeSync(stderr, text);
  } catch {
    // nobody is left to hear of a stderr that is closed or full
  }
}
