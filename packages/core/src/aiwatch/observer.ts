import type { InferenceRecord, ToolRecord } from "../inference/record.ts";
import type { RequestRecord } from "../request/record.ts";

/**
 * Receives a record of what happened, after it happened. An observer that throws changes nothing that the app sees: the fault is counted in
 * `telemetry_errors_total` and reported once to the diagnostics.
 */
export interface Observer {
  /** Names the observer in diagnostics. */
  readonly name: string;
  /** Called once for each inference, when it ended. */
  inferenceEnded?(record: InferenceRecord): void;
  /** Called once for each function that a model called, when it ended. */
  toolEnded?(record: ToolRecord): void;
  /** Called once for each HTTP request, at the end of the event loop's turn in which its response closed. */
  requestEnded?(record: RequestRecord): void;
  /**
   * Called once after the last of a row of the calls above: after each inference and tool, and after all requests of one turn of the event loop
   * together, in the asynchronous context of the first of these. What the calls before it held back, such as the lines of a log, can be written
   * here in one go.
   */
  flush?(): void;
  /** Called by `aiwatch.close()`: deliver what is held back. */
  close?(): void | Promise<void>;
}
