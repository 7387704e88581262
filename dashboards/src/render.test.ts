import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "./grafana-json.ts";
import { jsonText } from "./json-text.ts";
import { render, renderAll } from "./render.ts";
import { readDashboard } from "./test-support/queries.ts";

describe("the committed dashboards", () => {
  it.each(renderAll())("$file is what the source builds (else: npm run generate)", ({ file, json }) => {
    expect(readFileSync(join(folder, file), "utf8")).toBe(json);
  });

  it("are all there is", () => {
    const committed = readdirSync(folder).filter((file) => file.endsWith(".json"));
    expect(committed.toSorted()).toEqual(
      renderAll()
        .map(({ file }) => file)
        .toSorted(),
    );
  });
});

it("each dashboard alone is small enough for kubectl, which keeps it in an annotation", () => {
  for (const { file, json } of renderAll()) expect(JSON.stringify(json).length, file).toBeLessThan(0.9 * 256 * 1024);
});

describe("jsonText", () => {
  it.each([
    [{ a: [1, "x".repeat(200), { b: null }], c: {}, d: [] }],
    ["x"],
    [[]],
    [{ long: Array.from({ length: 99 }, String) }],
  ])("is the value, case %#", (value) => {
    expect(JSON.parse(jsonText(value))).toEqual(value);
  });

  it("leaves out what is undefined, as JSON does, and breaks only long lines", () => {
    expect(jsonText({ a: undefined, long: "x".repeat(140), short: [1, 2] })).toBe(
      `{\n "long": "${"x".repeat(140)}",\n "short": [1,2]\n}`,
    );
  });
});

describe("render", () => {
  const spoiled = (from: string, to: string) =>
    JSON.parse(JSON.stringify(readDashboard("llm-dashboard")).replaceAll(from, to)) as object;

  it("refuses a metric that the catalogue does not have", () => {
    expect(() => render(spoiled("genai_app_errors_total", "genai_app_faults_total"))).toThrow(
      /llm-dashboard: the catalogue has no genai_app_faults_total/,
    );
  });

  it("refuses a label that the metric does not have", () => {
    expect(() => render(spoiled("(direction, model)", "(direction, modell)"))).toThrow(/the catalogue has no modell/);
  });

  it("refuses them in variables", () => {
    expect(() => render(spoiled("label_values(genai_app_chat_tokens_total", "label_values(down"))).toThrow(
      /has no down/,
    );
  });

  it("refuses them in annotations", () => {
    expect(() =>
      render(spoiled("by (version, node, engine) (genai_app_build_info", "by (release) (genai_app_build_info")),
    ).toThrow(/has no release/);
  });

  it("refuses what Grafana 10.4 cannot read", () => {
    expect(() => render(spoiled('"graphMode"', '"sparkline"'))).toThrow(/Grafana 10.4 knows no stat.options.sparkline/);
  });
});
