import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parser } from "@prometheus-io/lezer-promql";
import { describe, expect, it } from "vitest";
import { knownSeries, unknownNames } from "../checks/unknown-names.ts";
import { allPanels } from "../grafana-json.ts";
import { surroundings } from "../promql/select.ts";
import { parsePromql } from "../promql/selectors.ts";
import { grafanaOfTheStack, headingsOf, shippedRunbooks, withGrafana } from "../runbooks.ts";
import { type DashboardName, dashboardNames, readDashboard } from "../test-support/queries.ts";
import { type AlertRule, rulesFor } from "./index.ts";
import { queriesIn } from "./test-support/runbook-queries.ts";

const guide = fileURLToPath(new URL("../../../docs/guide/", import.meta.url));
const read = (file: string) => readFileSync(`${guide}${file}`, "utf8");
const runbooks = readdirSync(`${guide}runbooks`).filter((file) => file !== "README.md");
const alerts = rulesFor().flatMap(({ rules }) => rules.filter((rule): rule is AlertRule => "alert" in rule));
const names = alerts.map(({ alert }) => alert);

const titles = new Set(dashboardNames.flatMap((name) => allPanels(readDashboard(name)).map(({ title }) => title)));

const prose = (text: string) => text.replaceAll(/^ *```.*?^ *```/gms, "");

/** What each aggregation of an expression groups by; `topk` leaves the labels as they are. */
function groupings(expression: string): string[][] {
  const found: string[][] = [];
  parser.parse(expression).iterate({
    enter: ({ name, node }) => {
      if (name !== "AggregateExpr" || node.getChild("AggregateOp")?.getChild("Topk") != null) return;
      const labels = node.getChild("AggregateModifier")?.getChild("GroupingLabels")?.getChildren("LabelName") ?? [];
      found.push(labels.map(({ from, to }) => expression.slice(from, to)));
    },
  });
  return found;
}

it("each alert has a runbook, and each runbook an alert", () => {
  expect(runbooks.toSorted()).toEqual(names.map((name) => `${name}.md`).toSorted());
});

describe.each(runbooks)("%s", (file) => {
  const text = read(`runbooks/${file}`);

  it("has its alert's name and the headings, each with something below: for pages, what helps at once comes first", () => {
    const severity = alerts.find(({ alert }) => `${alert}.md` === file)?.labels.severity ?? "none";
    const [title, ...sections] = text.split(/^## /m);
    expect(title?.trim()).toBe(`# ${file.replace(".md", "")}`);
    expect(sections.map((section) => section.split("\n")[0])).toEqual(headingsOf(severity));
    for (const section of sections) expect(section.length, section.split("\n")[0]).toBeGreaterThan(40);
  });

  it("names panels that there are, on boards that there are", () => {
    const menus = new Set(["Status → Target health"]);
    for (const [, title = ""] of prose(text).matchAll(/(?<![\w`])_([A-Z][^_\n]*)_/g)) {
      if (!menus.has(title)) expect(titles, title).toContain(title);
    }
    const boards = [...text.matchAll(/\/d\/([\w-]+)/g)].map(([, uid]) => uid as DashboardName);
    for (const uid of boards) expect(dashboardNames).toContain(uid);
  });

  it("names metrics that there are, and queries that can be asked", () => {
    for (const [name] of text.matchAll(/\b(?:genai_app|aiwatch:|job_?\w*:)[\w:]+/g)) {
      const known = [...knownSeries.keys()].some((series) => series.replace(/_(bucket|sum|count)$/, "") === name);
      expect(known || knownSeries.has(name) || name === "genai_app_", name).toBe(true);
    }
    for (const promql of queriesIn(text)) expect(unknownNames(promql), promql).toEqual([]);
  });

  it("has queries in PromQL that tell jobs of one name apart", () => {
    for (const promql of queriesIn(text)) {
      expect(parsePromql(promql).fault, promql).toBeUndefined();
      for (const labels of groupings(promql)) expect(labels, promql).toEqual(expect.arrayContaining([...surroundings]));
      // what is in one namespace would hide what is missing in another
      expect(promql).not.toMatch(/unless on \(job\)/);
    }
  });

  it("leads nowhere that is not there", () => {
    for (const [, target = ""] of text.matchAll(/\]\((?!https?:)([^)#]+)/g))
      expect(() => read(`runbooks/${target}`)).not.toThrow();
  });
});

it("a page's runbook has the commands for a cluster and for a machine", () => {
  for (const { alert, labels } of alerts) {
    if (labels.severity !== "critical") continue;
    const [, first = ""] = read(`runbooks/${alert}.md`).split(/^## /m);
    expect(first, alert).toContain("kubectl ");
    expect(first, alert).toContain("Without Kubernetes:");
  }
});

describe("the runbooks as they are shipped", async () => {
  const shipped = await shippedRunbooks();

  it("are all of them", () => {
    expect(shipped.map(({ path }) => path.slice(path.lastIndexOf("/") + 1))).toEqual(
      readdirSync(`${guide}runbooks`).toSorted(),
    );
  });

  it("lead to each other, and else to the repository at this release", () => {
    const links = shipped.flatMap(({ text }) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, target = ""]) => target));
    for (const link of links) expect(link).toMatch(/^(\w+\.md(#[\w-]+)?|#[\w-]+|https?:\/\/\S+)$/);
    expect(links.join("\n")).not.toContain("/blob/main/");
    expect(links.filter((link) => link.endsWith("/docs/guide/tuning.md")).length).toBeGreaterThan(0);
  });

  it("lead to one's own Grafana where it is said", () => {
    for (const { text } of shipped) {
      const own = withGrafana(text, "https://grafana.example");
      expect(own.split("https://grafana.example/d/").length).toBe(text.split(`${grafanaOfTheStack}/d/`).length);
      expect(own).not.toContain(`${grafanaOfTheStack}/d/`);
    }
  });
});

describe.each(["alerts.md", "runbooks/README.md"])("%s", (file) => {
  it("lists every alert under its severity", () => {
    const [, pages = "", tickets = ""] = read(file).split(/severity: (?:critical|warning)/);
    for (const { alert, labels } of alerts) {
      const part = labels.severity === "critical" ? pages : tickets;
      expect(part.includes(`[${alert}](`), alert).toBe(true);
    }
    expect([...read(file).matchAll(/^\| \[\w*AIWatch/gm)]).toHaveLength(alerts.length);
  });
});

it("alerts.md says of each alert for how long it has to hold", () => {
  for (const { alert, for: held = "" } of alerts) {
    const [, said] = new RegExp(`^\\| \\[${alert}\\].*\\| ?(.*?) ?\\|$`, "m").exec(read("alerts.md")) ?? [];
    expect(said?.replace(" ", ""), alert).toBe(held);
  }
});
