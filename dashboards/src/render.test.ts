import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { folder } from "./grafana-json.ts";
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
