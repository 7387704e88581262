import { describe, expect, it } from "vitest";
import type { DashboardDraft } from "../test-support/dashboard-draft.ts";
import { readCommitted } from "./committed.ts";
import { type CommittedSources, findingsIn } from "./sources.ts";

const sources = await readCommitted();

/** What is found when something is spoilt, and was not before. */
function foundIn(
  spoil: (draft: {
    boards: DashboardDraft[];
    groups: RuleDraft[];
    lintFile: string;
    made: string[];
    runbooks: Map<string, string>;
  }) => void,
) {
  const draft = structuredClone(sources) as unknown as Parameters<typeof spoil>[0];
  spoil(draft);
  const before = new Set(findingsIn(sources));
  return findingsIn(draft as unknown as CommittedSources).filter((finding) => !before.has(finding));
}

interface RuleDraft {
  rules: { alert?: string; record?: string; expr: string; annotations?: Record<string, string> }[];
}

const queryOf = ({ boards }: { boards: DashboardDraft[] }, index = 1) => boards[0]!.panels[index]!.targets![0]!;
const ruleOf = ({ groups }: { groups: RuleDraft[] }, name: string) =>
  groups.flatMap(({ rules }) => rules).find(({ alert }) => alert === name)!;

describe("the committed dashboards and rules", () => {
  it("have nothing wrong", () => {
    expect(findingsIn(sources)).toEqual([]);
  });
});

describe("what is found", () => {
  it("a dashboard that nothing builds any more", () => {
    const found = foundIn((draft) => {
      draft.made = draft.made.filter((uid) => uid !== "llm-dashboard");
    });
    expect(found).toEqual(["llm-dashboard: no source builds this dashboard any more: remove its file"]);
  });

  it("an unknown metric in a panel", () => {
    const found = foundIn((draft) => {
      queryOf(draft).expr = 'sum(genai_app_none{job=~"$job", instance=~"$instance"} or genai_app_active_requests)';
    });
    expect(found).toContainEqual(expect.stringMatching(/^[\w-]+, .*: nothing has the metric or label genai_app_none$/));
  });

  it("a variable that the dashboard does not have", () => {
    const found = foundIn(({ boards: [board] }) => {
      board!.annotations = { list: [{ name: "Deploys", expr: 'genai_app_active_requests{job=~"$jobs"}' }] };
    });
    expect(found).toEqual([expect.stringMatching(/annotation Deploys: .*: the dashboard has no variable \$jobs$/)]);
  });

  it("an unknown label in a rule", () => {
    const found = foundIn((draft) => {
      ruleOf(draft, "AIWatchSeriesCapped").expr += ' and genai_app_active_requests{modell="a"}';
    });
    expect(found).toEqual(["alert AIWatchSeriesCapped: nothing has the metric or label modell"]);
  });

  it("an unknown metric in a variable, and in an annotation", () => {
    const found = foundIn(({ boards: [board] }) => {
      const job = board!.templating.list.find(({ name }) => name === "job")!;
      job.query = "label_values(genai_app_none, job)";
      board!.annotations = { list: [{ name: "Deploys", expr: "changes(genai_app_deploys[5m])" }] };
    });
    expect(found).toEqual([
      "aiwatch-browsers, annotation Deploys: nothing has the metric or label genai_app_deploys",
      "aiwatch-browsers, variable job: nothing has the metric or label genai_app_none",
      "aiwatch-browsers, variable job: nothing has the metric or label job",
    ]);
  });

  const bucket = 'genai_app_first_token_latency_seconds_bucket{job=~"$job", instance=~"$instance", ';

  it.each([
    ['le="3"', /le="3" is no bucket bound of genai_app_first_token_latency_seconds: .*, 2, 5, /],
    ['le=~"3(\\\\.0)?"', /is no bucket bound/],
  ])("a bucket that no histogram has: %s", (matcher, message) => {
    const found = foundIn((draft) => {
      queryOf(draft).expr = `sum(rate(${bucket}${matcher}}[$__rate_interval]))`;
    });
    expect(found).toEqual([expect.stringMatching(message)]);
  });

  it.each(['le="+Inf"', 'le=~"2(\\\\.0)?"', 'le="2"', 'le="2.0"'])("a bucket that there is, is none: %s", (matcher) => {
    const found = foundIn((draft) => {
      queryOf(draft).expr = `sum(rate(${bucket}${matcher}}[$__rate_interval]))`;
    });
    expect(found).toEqual([]);
  });

  it("an objective that the reader can choose and no bucket has", () => {
    const found = foundIn((draft) => {
      const [board] = draft.boards;
      const values = ["1", "2", "3"].map((value) => ({ value, text: value }));
      board!.templating.list.push({
        name: "ttft_slo",
        type: "custom",
        query: "1, 2, 3",
        options: values,
        current: { value: "1" },
      });
      queryOf(draft).expr = `sum(rate(${bucket}le=~"$ttft_slo(\\\\.0)?"}[$__rate_interval]))`;
    });
    expect(found).toEqual([expect.stringContaining('le=~"3(\\\\.0)?" is no bucket bound')]);
  });

  it("a bound of a rule, also of one that reads what another records", () => {
    const found = foundIn((draft) => {
      const { rules } = draft.groups[0]!;
      rules.push({ record: "a:b:c", expr: 'sum(genai_app_time_per_output_token_seconds_bucket{le="0.11"})' });
      rules.push({
        record: "a:b:d",
        expr: 'sum(job_model_le:genai_app_first_token_latency_seconds_bucket:rate5m{le="3"})',
      });
    });
    const bounds = found.filter((finding) => finding.includes("bucket bound"));
    expect(bounds).toEqual([
      expect.stringMatching(/^rule a:b:c: le="0.11"/),
      expect.stringMatching(/^rule a:b:d: le="3"/),
    ]);
  });

  it("a runbook that is missing, has no heading, or belongs to no alert", () => {
    const found = foundIn(({ runbooks }) => {
      runbooks.delete("AIWatchJobDown.md");
      runbooks.set("AIWatchRestarting.md", "# AIWatchRestarting\n");
      runbooks.set("AIWatchNobody.md", "");
    });
    expect(found).toEqual(
      expect.arrayContaining([
        "alert AIWatchJobDown: docs/guide/runbooks/AIWatchJobDown.md is missing",
        'alert AIWatchRestarting: its runbook has no heading "What to do"',
        "docs/guide/runbooks/AIWatchNobody.md: no alert has this name",
      ]),
    );
  });

  it("an alert that leads to another's runbook", () => {
    const found = foundIn((draft) => {
      ruleOf(draft, "AIWatchJobDown").annotations!["runbook_url"] = "https://example.com/AIWatchTargetDown.md";
    });
    expect(found).toEqual([expect.stringMatching(/^alert AIWatchJobDown: its runbook_url is "https/)]);
  });

  it("a rule of the linter, and an exception that nobody needs", () => {
    expect(foundIn(({ boards: [board] }) => Object.assign(board!, { editable: true }))).toEqual([
      expect.stringMatching(/^uneditable-dashboard-rule: /),
    ]);
    const found = foundIn((draft) => {
      draft.lintFile += "\n  uneditable-dashboard-rule:\n    reason: none\n";
    });
    expect(found).toEqual([".lint: uneditable-dashboard-rule is not needed: remove it"]);
  });
});
