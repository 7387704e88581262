import type { DiagnosticListener } from "../base/diagnostics.ts";
import type { Clock } from "../base/time.ts";
import type { HealthOptions } from "../health/options.ts";
import type { ContentOptions } from "../inference/content.ts";
import type { Objectives } from "../inference/objectives.ts";
import type { MetricsRegistry } from "../instruments/registry.ts";
import type { Observer } from "./observer.ts";

export interface AiwatchOptions {
  /** The service's name in `/health`. @default `AIWATCH_SERVICE`, `OTEL_SERVICE_NAME`, else "aiwatch" */
  readonly service?: string;
  /** The prom-client registry that the metrics live on. @default prom-client's global `register` */
  readonly registry?: MetricsRegistry;
  /** The observers to notify of every ended inference, tool call and request: a list, a `Set` or any other iterable. @default none */
  readonly observers?: Iterable<Observer>;
  /** Observes nothing, registers nothing and serves no routes. @default `AIWATCH_DISABLED`, else false */
  readonly disabled?: boolean;
  /** Called with each fault of AIWatch itself, and of what it observes (`isOutside`). @default one process warning for each kind of fault */
  readonly onDiagnostic?: DiagnosticListener;
  /**
   * The limits that an inference has to keep to count as `good` in `slo_inferences_total`, and the part of them that has to.
   * @default `AIWATCH_SLO_*`, else none
   */
  readonly slo?: Objectives;
  /** Whether prompts and answers are written into spans. @default the environment, else never */
  readonly content?: ContentOptions;
  /**
   * Writes a few lines on stderr when the process exits, for command-line programs: what each model was asked, its tokens and times, errors,
   * and what was lost. Nothing where nothing was seen, and nothing where a signal kills the process.
   * @default `AIWATCH_EXIT_REPORT`, else false
   */
  readonly exitReport?: boolean;
  /** How checks run, and which of the built-in ones are on. @default `AIWATCH_HEALTH_*`, else none of them */
  readonly health?: HealthOptions;
  /** How long `close()` waits for each of what it closes, in milliseconds: with `Infinity` until it ends. @default 10000 */
  readonly closeTimeoutMs?: number;
  /**
   * Milliseconds without a report until an inference of `startInference()` is ended as `aborted`, with the raw reason `abandoned`. They count from
   * the close of the request that it began in. Each report starts them anew, and so does the end of a promise that its `run()` or a tool's
   * returned; while such a promise is pending the inference is left alone. Inferences of adapters, those that outlive their request and those
   * that begin after its close are never ended so. @default `AIWATCH_ABANDONED_AFTER_MS`, else 30000
   */
  readonly abandonedAfterMs?: number;
  /** @default the process's monotonic clock */
  readonly clock?: Clock;
}
