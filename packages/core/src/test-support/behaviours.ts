import { answers } from "./answers.ts";
import type { Behaviour } from "./behaviour.ts";
import { brokenOff } from "./broken-off.ts";
import { doorOptions } from "./door-options.ts";
import { hostileHeaders } from "./hostile-headers.ts";
import { hostileOptions } from "./hostile-options.ts";
import { hostileReports } from "./hostile-reports.ts";
import { hostileTargets } from "./hostile-targets.ts";
import { identity } from "./identity.ts";
import { liveStreams } from "./live-streams.ts";
import { manyPaths } from "./many-paths.ts";
import { ownRoutes } from "./own-routes.ts";
import { readerWaits } from "./reader-waits.ts";
import { waiting } from "./waiting.ts";

/**
 * The table that every door is held to.
 * @param many how many paths, and routes, one app is asked for
 */
export function behaviours(many: number): readonly Behaviour[] {
  const usual = [
    ...answers,
    ...brokenOff,
    ...identity,
    ...readerWaits,
    ...ownRoutes,
    ...liveStreams,
    ...doorOptions,
    ...waiting,
  ];
  const unusual = [...hostileHeaders, ...hostileTargets, ...hostileOptions, ...hostileReports, ...manyPaths(many)];
  return [...usual, ...unusual];
}
