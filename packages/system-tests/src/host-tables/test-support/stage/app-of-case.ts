import type { Aiwatch } from "@aiwatch/core";
import type { ExchangeCase, Stage } from "../exchange-case.ts";

/** One app for one case. */
export interface AppOfCase {
  readonly exchange: ExchangeCase;
  /** Absent where it is played bare. */
  readonly aiwatch: Aiwatch | undefined;
  /** A stage for the next request. */
  nextStage(): Stage;
}
