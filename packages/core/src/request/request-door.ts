import type { HostLine, LineIds } from "./host-line.ts";
import type { OutsideParents } from "./outside-parents.ts";

/** What a framework's door knows better than the request itself. */
export interface RequestDoor {
  /** The path as it was asked for, without its query. */
  readonly path: string;
  /** What a caller's trace headers may do. @default "trust" */
  readonly outsideParents?: OutsideParents;
  /** The route's template once the response is closed; `unmatched` where no route took the request. */
  routeOf(): string;
  /** Whom to name in the request's line: the app's own code, which may throw. */
  userOf(): string | undefined;
  /** Lets the framework's own logger of the request name the ids. @returns nothing where there is none */
  joinLog?(idsOf: () => LineIds): HostLine | undefined;
}
