import type { CatalogueRow } from "@aiwatch/core";
import { type Matchers, select } from "../promql/select.ts";
import type { Vector } from "../promql/vector.ts";

/** A rule that keeps an expression's answer as a series. */
export interface RecordingRule {
  readonly record: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly expr: string;
}

/** `critical` wakes somebody, `warning` is for the next working day, `none` is for no reader: what waits for it tells when it does not come. */
export type Severity = "critical" | "warning" | "none";

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly keep_firing_for?: string;
  readonly labels: { readonly severity: Severity };
  readonly annotations: {
    readonly summary: string;
    readonly description: string;
    readonly runbook_url: string;
    readonly dashboard_url?: string;
  };
}

/** Rules that are evaluated one after the other, at one time. The keys are those of Prometheus's files. */
export interface RuleGroup {
  readonly name: string;
  readonly interval?: string;
  readonly rules: readonly (RecordingRule | AlertRule)[];
}

/** An alert before it is a rule: all of it but where its runbook is. */
export interface Alert {
  /** Its runbook's name, too: `docs/guide/runbooks/NAME.md`. Boards show what begins with AIWatch. */
  readonly name: `AIWatch${string}` | "WatchdogOfAIWatch";
  readonly severity: Severity;
  readonly expr: string;
  /** How long the expression has to hold. @default it fires at once */
  readonly for?: string;
  /** How long it goes on when the expression no longer holds. @default it ends at once */
  readonly keepFiringFor?: string;
  /** One line, with the labels and the value. */
  readonly summary: string;
  /** What it means, for whoever gets it. */
  readonly description: string;
}

/** Where an alert leads its reader. */
export interface AlertLinks {
  readonly runbookBase: string;
  /** A dashboard of a Grafana, without variables. @default none */
  readonly dashboard?: string;
}

/** What the dashboards can be limited to, where the alert names it. */
const variables = ["cluster", "namespace", "job", "instance", "model"]
  .map((label) => `{{ with $labels.${label} }}&var-${label}={{ . | urlquery }}{{ end }}`)
  .join("");

export function alertRule(alert: Alert, { runbookBase, dashboard }: AlertLinks): AlertRule {
  const { name, severity, expr, keepFiringFor, summary, description } = alert;
  return {
    alert: name,
    expr,
    ...(alert.for !== undefined && { for: alert.for }),
    ...(keepFiringFor !== undefined && { keep_firing_for: keepFiringFor }),
    labels: { severity },
    annotations: {
      summary,
      description,
      runbook_url: `${runbookBase}/${name}.md`,
      ...(dashboard !== undefined && { dashboard_url: `${dashboard}?from=now-3h&to=now${variables}` }),
    },
  };
}

/** PromQL with vectors put in. Lines and their indent stay as they are written, less what all have in common. */
export function promql(texts: TemplateStringsArray, ...parts: readonly (Vector | string | number)[]): string {
  const textOf = (part: Vector | string | number) => (typeof part === "object" ? part.promql : String(part));
  const whole = texts.reduce((before, text, index) => before + textOf(parts[index - 1] ?? "") + text);
  const lines = whole.replace(/^\n|\n *$/g, "").split("\n");
  const indent = Math.min(...lines.map((line) => line.search(/\S/)));
  return lines.map((line) => line.slice(indent)).join("\n");
}

/** Each line moved in by so many spaces, for what stands in braces. */
export const indented = (spaces: number, text: string): string => text.replaceAll(/^/gm, " ".repeat(spaces));

/** A row's series everywhere, or their last `range`. */
export const series = <Row extends CatalogueRow>(row: Row, matchers: Matchers<Row> = {}, range?: string) =>
  select(row, { scope: {}, matchers, ...(range !== undefined && { range }) });
