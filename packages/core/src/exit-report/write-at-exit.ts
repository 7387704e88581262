import type { Observer } from "../aiwatch/observer.ts";
import { runDue } from "../base/after-turn.ts";
import type { ExitFigures } from "./exit-figures.ts";
import { ExitReport } from "./exit-report.ts";
import { writeToStderr } from "./write-to-stderr.ts";

const kept = new Set<ExitFigures>();

/** Writes what it is told on stderr when the process exits, `process.exit()` included. A signal that kills it leaves no time for that. */
export function exitReport(...given: ConstructorParameters<typeof ExitReport>): Observer {
  const report = new ExitReport(...given);
  if (kept.size === 0) process.on("exit", writeAll);
  kept.add(report.figures);
  return report;
}

function writeAll(): void {
  // an app can emit the event by itself, and live on
  if (Reflect.get(process, "_exiting") === false) return;
  process.off("exit", writeAll);
  const all = [...kept];
  kept.clear();
  runDue();
  for (const figures of all) write(figures);
}

function write(figures: ExitFigures): void {
  try {
    const text = figures.text();
    if (text !== undefined) writeToStderr(text);
  } catch {
    // nobody is left to hear of a stderr that is closed or full
  }
}
