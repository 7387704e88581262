import { type CatalogueRow, catalogue, type HistogramRow } from "@aiwatch/core";
import { fillVariables, writtenValues } from "../checks/fill-variables.ts";
import { unknownNames, unknownNamesInVariable } from "../checks/unknown-names.ts";
import type { GrafanaDashboard } from "../grafana-json.ts";
import { type LabelMatcher, parsePromql } from "../promql/selectors.ts";
import type { RuleGroup } from "../rules/index.ts";
import { headingsOf } from "../runbooks.ts";
import { lintFindings, panelsOf } from "./dashboard-linter.ts";
import { unexcused } from "./exceptions.ts";

/** What is committed, as it was read: what `npm run dashboards:check` judges. */
export interface CommittedSources {
  readonly boards: readonly GrafanaDashboard[];
  /** The uids of the dashboards that the sources build. */
  readonly made: readonly string[];
  readonly groups: readonly RuleGroup[];
  /** The text of dashboard-linter's file of exceptions. */
  readonly lintFile: string;
  /** The text of each runbook, by its file's name: `AIWatchJobDown.md`. */
  readonly runbooks: ReadonlyMap<string, string>;
}

/** Everything that is wrong with the dashboards and rules, a line each; that they are what the sources build is checked by `build.ts`. */
export function findingsIn({ boards, made, groups, lintFile, runbooks }: CommittedSources): string[] {
  const queries = [...boards.flatMap(queriesOfBoard), ...groups.flatMap(queriesOfGroup)];
  const orphans = boards.filter(({ uid }) => !made.includes(uid));
  return [
    ...orphans.map(({ uid }) => `${uid}: no source builds this dashboard any more: remove its file`),
    ...queries.flatMap(({ of, fault }) => (fault === undefined ? [] : [`${of}: ${fault}`])),
    ...queries.flatMap(unknownIn),
    ...boards.flatMap(unknownInVariables),
    ...queries.flatMap(missingBounds),
    ...runbookFaults(groups, runbooks),
    ...unexcused(boards.flatMap(lintFindings), lintFile),
  ];
}

interface Query {
  /** Whose it is, for the message. */
  readonly of: string;
  /** As it is written. */
  readonly written: string;
  /** With the variables filled in: one text for each value that a reader can choose. */
  readonly filled: readonly string[];
  /** Why they cannot be filled in. */
  readonly fault?: string;
}

interface WithAnnotations {
  readonly annotations?: { readonly list?: readonly { readonly name: string; readonly expr?: string }[] };
}

function queriesOfBoard(board: GrafanaDashboard): Query[] {
  const ofPanels = panelsOf(board).flatMap(({ title, targets = [] }) =>
    targets.map(({ expr }) => ({ of: `${board.uid}, ${title}`, written: expr })),
  );
  const ofAnnotations = ((board as WithAnnotations).annotations?.list ?? []).flatMap(({ name, expr }) =>
    expr === undefined ? [] : [{ of: `${board.uid}, annotation ${name}`, written: expr }],
  );
  return [...ofPanels, ...ofAnnotations].map((query) => ({ ...query, ...everyChoice(query.written, board) }));
}

/** A query with each value of each variable whose values are written in the dashboard, the others as they are at first. */
function everyChoice(expression: string, { templating: { list } }: GrafanaDashboard): Pick<Query, "filled" | "fault"> {
  const choices = list.flatMap((variable) =>
    writtenValues(variable).map((value): Record<string, string> => ({ [variable.name]: value })),
  );
  const used = choices.filter((choice) => Object.keys(choice).some((name) => expression.includes(name)));
  try {
    return { filled: [{}, ...used].map((choice) => fillVariables(expression, list, choice)) };
  } catch (error) {
    return { filled: [], fault: error instanceof Error ? error.message : String(error) };
  }
}

function queriesOfGroup({ rules }: RuleGroup): Query[] {
  return rules.map((rule) => {
    const of = "alert" in rule ? `alert ${rule.alert}` : `rule ${rule.record}`;
    return { of, written: rule.expr, filled: [rule.expr] };
  });
}

const unknownIn = ({ of, written }: Query) =>
  unknownNames(written).map((name) => `${of}: nothing has the metric or label ${name}`);

const unknownInVariables = ({ uid, templating }: GrafanaDashboard) =>
  templating.list
    .filter(({ type }) => type === "query")
    .flatMap(({ name, query }) =>
      unknownNamesInVariable(query).map(
        (unknown) => `${uid}, variable ${name}: nothing has the metric or label ${unknown}`,
      ),
    );

/** A bucket that no histogram has: its query finds nothing, and an alert by it never fires. */
function missingBounds({ of, filled }: Query): string[] {
  const faults = filled.flatMap((expression) =>
    parsePromql(expression).selectors.flatMap(({ metric, matchers }) => {
      const row = histogramOf(metric);
      const wrong =
        row === undefined ? [] : matchers.filter((matcher) => matcher.label === "le" && !hasBound(row, matcher));
      return wrong.map(({ text }) => `${of}: ${text} is no bucket bound of ${row?.name}: ${row?.bounds.join(", ")}`);
    }),
  );
  return [...new Set(faults)];
}

/** The histogram whose buckets a series is, or a recorded series is made of. */
function histogramOf(metric: string): HistogramRow | undefined {
  const [, name] = /^(?:[\w:]+:)?(\w+)_bucket(?::\w+)?$/.exec(metric) ?? [];
  return Object.values<CatalogueRow>(catalogue).find(
    (row): row is HistogramRow => row.type === "histogram" && row.name === name,
  );
}

/** Prometheus keeps `le="2.0"` of OpenMetrics and `le="2"` of the classic text. */
function hasBound({ bounds }: HistogramRow, { operator, value }: LabelMatcher): boolean {
  const texts = [...bounds.flatMap((bound) => [String(bound), bound.toFixed(1)]), "+Inf"];
  if (operator === "=" || operator === "!=") return texts.includes(value);
  const pattern = new RegExp(`^(?:${value})$`);
  return texts.some((text) => pattern.test(text));
}

function runbookFaults(groups: readonly RuleGroup[], runbooks: ReadonlyMap<string, string>): string[] {
  const alerts = groups.flatMap(({ rules }) => rules.flatMap((rule) => ("alert" in rule ? [rule] : [])));
  const named = alerts.map(({ alert }) => `${alert}.md`);
  const faults = alerts.flatMap(({ alert, labels, annotations }) => {
    const link = annotations?.["runbook_url"] ?? "";
    const text = runbooks.get(`${alert}.md`);
    if (!link.endsWith(`/${alert}.md`))
      return [`alert ${alert}: its runbook_url is "${link}", expected one of ${alert}.md`];
    if (text === undefined) return [`alert ${alert}: docs/guide/runbooks/${alert}.md is missing`];
    const missing = headingsOf(labels.severity).filter((heading) => !text.includes(`\n## ${heading}\n`));
    return missing.map((heading) => `alert ${alert}: its runbook has no heading "${heading}"`);
  });
  const orphans = [...runbooks.keys()].filter((file) => file !== "README.md" && !named.includes(file));
  return [...faults, ...orphans.map((file) => `docs/guide/runbooks/${file}: no alert has this name`)];
}
