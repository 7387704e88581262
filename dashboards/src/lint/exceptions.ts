import { parse } from "yaml";
import { type LintFinding, linterRules } from "./dashboard-linter.ts";

/** One place that a rule is not held in: a dashboard, where the rule is about its panels a panel, and one of its queries or any. */
interface ExceptionEntry {
  /** The title. */
  readonly dashboard?: string;
  /** The title. */
  readonly panel?: string;
  readonly targetIdx?: number | string;
  readonly reason?: string;
}

interface RuleExceptions {
  readonly reason?: string;
  /** Without entries the rule is held nowhere. */
  readonly entries?: readonly ExceptionEntry[];
}

interface LintFile {
  readonly exclusions?: Readonly<Record<string, RuleExceptions | null>>;
}

/**
 * What is left of the findings of dashboard-linter's rules after the exceptions of its own file, `.lint`, and what is wrong with the exceptions: one
 * without a reason, one of a rule that there is not, one that nothing needs.
 *
 * @param lintFile the text of `.lint`
 */
export function unexcused(findings: readonly LintFinding[], lintFile: string): string[] {
  const { exclusions = {} } = (parse(lintFile) ?? {}) as LintFile;
  const isExcused = (finding: LintFinding) => {
    const exceptions = exclusions[finding.rule];
    const entries = entriesOf(exceptions ?? null);
    return exceptions !== undefined && (entries.length === 0 || entries.some((entry) => isAbout(entry, finding)));
  };
  return [
    ...findings.filter((finding) => !isExcused(finding)).map(lineOf),
    ...Object.entries(exclusions).flatMap(([rule, exceptions]) => exceptionFaults(rule, exceptions, findings)),
  ];
}

const entriesOf = (exceptions: RuleExceptions | null) => exceptions?.entries ?? [];

/** As dashboard-linter compares, or our exceptions would not be its own. */
function isAbout({ dashboard, panel, targetIdx }: ExceptionEntry, finding: LintFinding): boolean {
  const isPanel = finding.panel === undefined || panel === finding.panel;
  const isQuery = finding.targetIdx === undefined || targetIdx === undefined || Number(targetIdx) === finding.targetIdx;
  return dashboard === finding.dashboard && isPanel && isQuery;
}

function lineOf({ rule, dashboard, panel, targetIdx, message }: LintFinding): string {
  const query = targetIdx === undefined ? "" : `, query ${targetIdx}`;
  return `${rule}: ${dashboard}${panel === undefined ? "" : `, ${panel}`}${query}: ${message}`;
}

function exceptionFaults(rule: string, exceptions: RuleExceptions | null, findings: readonly LintFinding[]): string[] {
  if (!linterRules.includes(rule)) return [`.lint: dashboard-linter has no rule ${rule}`];
  const found = findings.filter((finding) => finding.rule === rule);
  const entries = entriesOf(exceptions);
  const hasReason = (reason: string | undefined) => reason !== undefined && reason.trim() !== "";
  const unreasoned = entries.length === 0 ? [rule] : entries.filter(({ reason }) => !hasReason(reason)).map(placeOf);
  const unneeded = entries.filter((entry) => !found.some((finding) => isAbout(entry, finding))).map(placeOf);
  return [
    ...(hasReason(exceptions?.reason) ? [] : unreasoned.map((place) => `.lint: ${place} gives no reason`)),
    ...(found.length === 0 ? [rule] : unneeded).map((place) => `.lint: ${place} is not needed: remove it`),
  ];

  function placeOf({ dashboard = "", panel, targetIdx }: ExceptionEntry): string {
    return [rule, dashboard, panel, targetIdx].filter((part) => part !== undefined).join(", ");
  }
}
