import { type Rule, targetRule } from "./rule.ts";

interface Selector {
  /** The function that is called on it, where it is called on nothing else. */
  readonly call: string;
  readonly metric: string;
  readonly matchers: string;
  /** The range, without its brackets; empty for an instant vector. */
  readonly range: string;
}

/** Our queries' selectors; their matchers' texts hold no braces. */
function selectors(promql: string): Selector[] {
  const found = promql.matchAll(/(?:\b(\w+)\()?\b(\w+)\{([^{}]*)\}(?:\[([^\]]*)\])?/g);
  return [...found].map(([, call = "", metric = "", matchers = "", range = ""]) => ({ call, metric, matchers, range }));
}

const anySelector = (promql: string, wrong: (selector: Selector) => boolean) =>
  selectors(promql).length === 0 || selectors(promql).some(wrong);

const rates = new Set(["rate", "irate"]);
const counterFunctions = new Set(["rate", "irate", "increase"]);

export const targetRules: readonly Rule[] = [
  targetRule("target-job", ({ expr }) => anySelector(expr, ({ matchers }) => !matchers.includes('job=~"$job"'))),
  targetRule("target-instance", ({ expr }) =>
    anySelector(expr, ({ matchers }) => !matchers.includes('instance=~"$instance"')),
  ),
  targetRule("target-rate-interval", ({ expr }) =>
    anySelector(expr, ({ call, range }) => rates.has(call) && range !== "$__rate_interval"),
  ),
  targetRule("target-counter-agg", ({ expr }) =>
    anySelector(
      expr,
      ({ call, metric, range }) =>
        /_(total|bucket|sum|count)$/.test(metric) && (range === "" || !counterFunctions.has(call)),
    ),
  ),
];
