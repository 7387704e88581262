import { type Aiwatch, hostOf } from "../../aiwatch/aiwatch.ts";
import { closeRequest, type ObservedScope, requestScopes } from "../../request/scope.ts";

/** A request that arrives now at a door of the instance. */
export interface Arrived {
  readonly scope: ObservedScope;
  /** Runs `action` in its scope. */
  run<Result>(action: () => Result): Result;
  close(): void;
}

export function arriveAt(aiwatch: Aiwatch): Arrived {
  const { clock, pendingWait } = hostOf(aiwatch);
  const scope: ObservedScope = {
    requestId: "r",
    chat: false,
    closed: false,
    arrivedAt: clock.now(),
    wait: pendingWait,
  };
  return {
    scope,
    run: (action) => requestScopes().run(scope, action),
    close: () => closeRequest(scope),
  };
}
