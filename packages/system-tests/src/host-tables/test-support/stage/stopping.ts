import type { Server } from "node:http";
import type { Aiwatch } from "@aiwatch/core";
import { handleSignals } from "@aiwatch/core/shutdown";

/** When an app is asked to stop: while it answers, or before it is asked. */
export type StopMoment = "under way" | "before";

/** A server that is asked to stop, and that says when it would exit. */
export interface Stopping {
  /** Asks it, as a signal does. */
  ask(): void;
  /** Resolves with the code that the process would exit with. */
  readonly exit: Promise<number>;
  /** Listens to signals no more. */
  release(): void;
}

/** A drain that lasts longer than any case. */
const longMs = 60_000;

/**
 * Observed, the app hands its server to `handleSignals`; bare, it closes it by itself.
 * @param moment before: it goes on serving for now, as behind a load balancer
 */
export function stoppingServer(server: Server, aiwatch: Aiwatch | undefined, moment: StopMoment): Stopping {
  const drains = moment === "before";
  let exited: (code: number) => void = () => {};
  const exit = new Promise<number>((resolve) => {
    exited = resolve;
  });
  if (aiwatch !== undefined) {
    const options = { server, drainMs: drains ? longMs : 0, timeoutMs: 2000, exit: exited };
    const release = handleSignals(aiwatch, { ...options, signals: ["SIGTERM"] });
    return { ask, exit, release };
  }
  const close = () => {
    if (!drains) server.close(() => exited(0));
  };
  process.on("SIGTERM", close);
  return { ask, exit, release: () => void process.off("SIGTERM", close) };
}

function ask(): void {
  process.emit("SIGTERM", "SIGTERM");
}
