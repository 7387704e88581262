import { catalogue } from "@aiwatch/core";
import { appEndpoints } from "../promql/panel-queries.ts";
import { promql, series } from "./rule.ts";

const requests = series(catalogue.httpRequests, { endpoint: appEndpoints }).promql;
const over = "5m";
const overSeconds = 300;
const samples = (selector: string) => `count_over_time(${selector}[${over}])`;

/** Series that began within the window on a process that was scraped without them before: all that they count came in between. */
const newborn = promql`
  ${requests}
  unless ${requests} offset ${over}
  and ${samples(requests)} < on (job, instance) group_left () max by (job, instance) (${samples(catalogue.activeRequests.name)})`;

const indented = (text: string, by: string) => text.replaceAll("\n", `\n${by}`);

/**
 * An app's requests per second, without AIWatch's own routes. Their series begin with the first request of a route and a status, at 1, and a rate
 * misses what a series begins with. The failed ones begin at 0: without the first requests a fleet of many processes with few requests each would fail more
 * often than it does. What a process or a Prometheus shows at its first scrape is of an unknown time, and is left to the rate.
 */
export const requestsPerSecond: string = promql`
  sum by (job) (
    (
      ${indented(newborn, "      ")}
    ) / ${overSeconds}
    or
    rate(${requests}[${over}])
  )`;
