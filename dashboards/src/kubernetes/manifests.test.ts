import { globSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { renderAll } from "../render.ts";
import { rulesFor } from "../rules/index.ts";
import { dashboardMaps, manifestsOf, prometheusRule } from "./manifests.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const read = (path: string) => readFile(root + path, "utf8");

describe("the committed manifests", () => {
  const manifests = manifestsOf(renderAll()).map((manifest) => ({
    ...manifest,
    file: relative(root, manifest.path),
  }));

  it.each(manifests)("$file is what the source builds (else: npm run generate)", async ({ path, text }) => {
    expect(await readFile(path, "utf8")).toBe(text);
  });

  it("hand the operator the rules, which keep the namespace that it gives to each target", async () => {
    const groups = rulesFor({ by: ["namespace"] });
    expect(groups.length).toBeGreaterThan(3);
    const made = parse(await read("kubernetes/prometheusrule.yaml"));
    expect(made).toMatchObject({ kind: "PrometheusRule", spec: { groups } });
    expect(JSON.stringify(made)).toContain("sum by (namespace, job, model) (rate(");
  });

  it("look for services in their own namespace alone", async () => {
    const { spec } = parse(await read("kubernetes/monitor/servicemonitor.yaml"));
    expect(spec).toMatchObject({ selector: { matchLabels: { "aiwatch/scrape": "true" } } });
    expect(spec).not.toHaveProperty("namespaceSelector");
  });

  it("have a ConfigMap for each dashboard", async () => {
    const { configMapGenerator } = parse(await read("grafana/kustomization.yaml"));
    const files = configMapGenerator.flatMap((generator: { files: string[] }) => generator.files);
    expect(files.toSorted()).toEqual(globSync("dashboards/*.json", { cwd: `${root}grafana` }).toSorted());
  });
});

describe("prometheusRule", () => {
  it("leaves texts of several lines and empty lines as they are", () => {
    const rules = "groups:\n  - name: a\n    rules:\n      - expr: |-\n          up\n\n            == 0\n";
    expect(parse(prometheusRule(rules).text).spec).toEqual(parse(rules));
  });
});

describe("dashboardMaps", () => {
  it("names a map after its board, and AIWatch once", () => {
    const files = ["a-board.json", "aiwatch-fleet.json"];
    const { configMapGenerator } = parse(dashboardMaps(files.map((file) => ({ file, json: "{}" }))).text);
    expect(configMapGenerator).toEqual([
      { name: "aiwatch-a-board", files: ["dashboards/a-board.json"] },
      { name: "aiwatch-fleet", files: ["dashboards/aiwatch-fleet.json"] },
    ]);
  });
});

/** What `kubectl apply` writes into an annotation of an object: the object itself, as JSON. Kubernetes allows all annotations so many bytes. */
const annotationLimit = 262_144;

describe("kubectl apply", async () => {
  const boards = await Promise.all(
    globSync("*.json", { cwd: `${root}grafana/dashboards` }).map(async (file) => ({
      file,
      text: await read(`grafana/dashboards/${file}`),
    })),
  );
  const bytesOf = (data: Readonly<Record<string, string>>) =>
    Buffer.byteLength(
      JSON.stringify({
        apiVersion: "v1",
        data,
        kind: "ConfigMap",
        metadata: {
          annotations: { grafana_folder: "AIWatch" },
          labels: { grafana_dashboard: "1" },
          name: `aiwatch-${Object.keys(data)}`,
          namespace: "monitoring",
        },
      }),
    );

  it.each(boards)("takes the ConfigMap of $file", ({ file, text }) => {
    expect(bytesOf({ [file]: text })).toBeLessThan(annotationLimit);
  });

  it("would not take all boards in one", () => {
    expect(bytesOf(Object.fromEntries(boards.map(({ file, text }) => [file, text])))).toBeGreaterThan(annotationLimit);
  });
});
