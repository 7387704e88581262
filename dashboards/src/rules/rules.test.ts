import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { knownSeries, unknownNames } from "../checks/unknown-names.ts";
import { type AlertRule, type RecordingRule, recordedSeries, rulesFile, rulesFor, rulesYaml } from "./index.ts";

const rules = rulesFor().flatMap((group) => group.rules);
const alerts = rules.filter((rule): rule is AlertRule => "alert" in rule);
const recordings = rules.filter((rule): rule is RecordingRule => "record" in rule);

describe("the committed rules", () => {
  const committed = readFileSync(rulesFile, "utf8");

  it("are what the source builds (else: npm run generate)", () => {
    expect(rulesYaml(rulesFor())).toBe(committed);
  });

  it("say the same as YAML as they do as data", () => {
    expect(parse(committed)).toEqual({ groups: rulesFor() });
  });

  it("name no job, no host of ours, and no metric or label that there is not", () => {
    for (const { expr } of rules) {
      expect(unknownNames(expr), expr).toEqual([]);
      expect(expr).not.toMatch(/\b(job|instance)=/);
    }
  });
});

describe("recording rules", () => {
  it("make each recorded series, and no other", () => {
    const made = new Set(recordings.map(({ record }) => record));
    expect([...made].toSorted()).toEqual(recordedSeries.map(({ name }) => name).toSorted());
  });

  it("give each series the labels that it is said to have", () => {
    for (const { record, labels = {}, expr } of recordings) {
      const [, grouping] = /^(?:sum|max|count) by \(([^)]+)\)/.exec(expr) ?? [];
      if (grouping === undefined) continue;
      const has = new Set([...grouping.split(", "), ...Object.keys(labels)]);
      const said = new Set(knownSeries.get(record));
      if (labels["slo"] === "http_errors") said.delete("model");
      expect(has, record).toEqual(said);
    }
  });
});

/** Labels of the vector that an alert's expression gives. */
const labelsIn = (expr: string) => [...expr.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(", "));

describe("alerts", () => {
  it("are there once each", () => {
    expect(new Set(alerts.map(({ alert }) => alert)).size).toBe(alerts.length);
    expect(alerts.length).toBe(31);
  });

  it.each(alerts)("$alert says what it means, in a line and in words, and where its runbook is", (rule) => {
    const { summary, description, runbook_url } = rule.annotations;
    expect(summary.split("\n")).toHaveLength(1);
    expect(description).toMatch(/^[A-Z].{30,}\.$/);
    expect(runbook_url).toBe(`https://github.com/aiwatch/aiwatch/blob/main/docs/guide/runbooks/${rule.alert}.md`);
    expect(["critical", "warning", "none"]).toContain(rule.labels.severity);
  });

  it.each(alerts.filter(({ labels }) => labels.severity !== "none"))(
    "$alert names in its summary labels alone that its series have",
    ({ expr, annotations }) => {
      const metrics = [...knownSeries].filter(([name]) => new RegExp(`(?<![\\w:])${name}(?![\\w:])`).test(expr));
      const has = new Set([...labelsIn(expr), ...metrics.flatMap(([, labels]) => labels)]);
      const named = [...annotations.summary.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label);
      expect(named.length).toBeGreaterThan(0);
      for (const label of named) expect(has).toContain(label);
    },
  );
});

describe("rules of one's own", () => {
  const textOf = (options: Parameters<typeof rulesFor>[0]) => JSON.stringify(rulesFor(options));

  it("have one's own bounds, in both spellings of a whole number", () => {
    const text = textOf({ ttftSeconds: 10, tpotSeconds: 1 });
    expect(text).toContain(String.raw`request_first_token_seconds_bucket{le=~\"10|10[.]0\"}`);
    expect(text).toContain(String.raw`time_per_output_token_seconds_bucket{le=~\"1|1[.]0\"}`);
    expect(textOf({ ttftSeconds: 0.5 })).toContain(String.raw`request_first_token_seconds_bucket{le=\"0.5\"}`);
  });

  it("have one's own objectives beside the others'", () => {
    const [group] = rulesFor({ objectives: { tpot: 0.999 } });
    const objectives = group?.rules.flatMap(({ expr }) => /^vector\((.+)\)$/.exec(expr)?.[1] ?? []);
    expect(objectives).toEqual(["0.95", "0.999", "0.99", "0.99"]);
  });

  it("link to one's own runbooks", () => {
    const urls = rulesFor({ runbookBase: "https://wiki.example/ai/" }).flatMap((group) =>
      group.rules.flatMap((rule) => ("alert" in rule ? [rule.annotations.runbook_url] : [])),
    );
    expect(urls[0]).toBe("https://wiki.example/ai/AIWatchErrorBudgetBurnsFast.md");
    expect(urls.every((url) => /^https:\/\/wiki[.]example\/ai\/\w*AIWatch/.test(url))).toBe(true);
  });

  it("keep labels beside the job in each series, alert and join, and leave the objectives, which are everybody's", () => {
    const [slo, boards, ...others] = rulesFor({ by: ["cluster", "namespace"] });
    const exprs = [slo, boards, ...others].flatMap((group) => group?.rules ?? []).map(({ expr }) => expr);
    const groupings = exprs.flatMap((expr) => [...expr.matchAll(/\b(?:by|on) \(([^)]*)\)/g)].map(([, list]) => list));
    expect(groupings.length).toBeGreaterThan(100);
    const without = groupings.filter((list) => !list?.startsWith("cluster, namespace, job"));
    expect([...new Set(without)]).toEqual(["slo"]);
    expect(exprs).toEqual(
      expect.arrayContaining([expect.stringMatching(/^sum by \(cluster, namespace, job, model\)/)]),
    );
  });

  it("call a job by the labels that they keep", () => {
    const summaries = rulesFor({ by: ["namespace"] }).flatMap(({ rules: made }) =>
      made.flatMap((rule) => ("alert" in rule ? [rule.annotations.summary] : [])),
    );
    const ofJobs = summaries.filter((summary) => summary.includes("$labels.job }}"));
    expect(ofJobs.length).toBeGreaterThan(20);
    for (const summary of ofJobs)
      expect(summary).toContain("{{ with $labels.namespace }}{{ . }}/{{ end }}{{ $labels.job }}");
  });

  it.each([
    [{ by: ["job"] }, 'by has "job" which has a meaning in the rules already: leave it out'],
    [{ by: ["namespace", "model"] }, 'by has "model" which has a meaning'],
    [{ by: ["alertname"] }, 'by has "alertname" which has a meaning'],
    [{ by: ["kube-namespace"] }, 'by has "kube-namespace" which is no label\'s name: expected letters, digits and _'],
    [{ by: [""] }, 'by has "" which is no label\'s name'],
    [{ by: ["__address__"] }, 'by has "__address__" which no series has'],
    [{ by: ["cluster", "cluster"] }, 'by has "cluster" twice: name it once'],
  ])("are refused with %j", (options, message) => {
    expect(() => rulesFor(options)).toThrow(message);
    expect(() => rulesFor(options)).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_RULES_OPTION" }));
  });

  it.each([
    [
      { ttftSeconds: 3 },
      /ttftSeconds is 3, expected a bucket bound of genai_app_request_first_token_seconds: .*, 2, 5,/,
    ],
    [{ ttftSeconds: Number.NaN }, /ttftSeconds is NaN, expected a bucket bound/],
    [{ tpotSeconds: 0.12 }, /tpotSeconds is 0.12, .*time_per_output_token_seconds: 0.001, .*, 0.1, 0.15,/],
    [{ objectives: { tpot: 0.93 } }, /objectives.tpot is 0.93, expected a ratio above 0.931/],
    [{ objectives: { tpot: 1 } }, /objectives.tpot is 1, .*below 1/],
    [{ objectives: { ttft: 0.95 } }, /objectives has "ttft", expected one of first_token, tpot/],
    [{ runbookBase: "docs" }, /runbookBase is "docs", expected an address/],
  ])("are refused with %j", (options, message) => {
    const make = () => rulesFor(options as Parameters<typeof rulesFor>[0]);
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_RULES_OPTION" }));
  });

  it("can page with the lowest objective", () => {
    expect(() => rulesFor({ objectives: { tpot: 0.932 } })).not.toThrow();
    expect(14.4 * (1 - 0.932)).toBeLessThan(1);
    expect(14.4 * (1 - 0.93)).toBeGreaterThan(1);
  });
});
