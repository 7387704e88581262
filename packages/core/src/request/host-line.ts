import type { SpanIds } from "../tracing/span-ids.ts";

/** The ids that a line of the app gains. */
export interface LineIds extends Partial<SpanIds> {
  readonly requestId: string;
}

/** The line that the app writes for a request by itself. It names our ids. */
export interface HostLine {
  /**
   * Whether it is written, or sure to be, now that the response is closed and its listeners were called.
   * @param finished whether the response said `finish`
   */
  isWritten(finished: boolean): boolean;
}

/** The ids without those that the lines of `logger` hold already: a line must not hold a name twice. */
export function unbound(ids: LineIds, logger: { bindings?(): object }): Partial<LineIds> {
  const bound = logger.bindings?.() ?? {};
  return Object.fromEntries(Object.entries(ids).filter(([name]) => !(name in bound)));
}
