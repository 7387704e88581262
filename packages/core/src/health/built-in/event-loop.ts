import type { EventLoopMonitor } from "../../event-loop/event-loop-monitor.ts";
import { ranges, readNumber } from "../../settings/read-number.ts";
import type { CheckOptions, HealthCheck } from "../check.ts";

/** Whether Node's event loop is held up. Not critical unless it is told otherwise: under load every replica's is at once. */
export interface EventLoopCheckOptions extends CheckOptions {
  /**
   * The longest delay that 99 % of the looks at the loop may find, in milliseconds.
   * @default `AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS`, else 500
   */
  readonly maxDelayMs?: number;
}

export function eventLoopCheck(monitor: EventLoopMonitor, options: EventLoopCheckOptions): HealthCheck {
  const maxDelayMs =
    readNumber({
      option: options.maxDelayMs,
      name: "health.eventLoop.maxDelayMs",
      variable: "AIWATCH_HEALTH_MAX_EVENT_LOOP_DELAY_MS",
      range: ranges.timeout,
    }) ?? 500;
  return () => {
    const delayMs = monitor.delayMs();
    if (delayMs === undefined || delayMs <= maxDelayMs) return true;
    return { ok: false, detail: `the event loop was delayed by ${Math.round(delayMs)} ms, over ${maxDelayMs} ms` };
  };
}
