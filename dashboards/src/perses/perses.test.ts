import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { allPanels } from "../grafana-json.ts";
import { renderAll } from "../render.ts";
import { dashboardNames, readDashboard } from "../test-support/queries.ts";
import { persesFiles, persesFolder } from "./index.ts";

interface Spec {
  readonly [key: string]: unknown;
  readonly format?: { readonly unit: string };
  readonly yAxis?: { readonly format: { readonly unit: string } };
}

interface PersesPanel {
  readonly spec: {
    readonly display: { readonly name: string; readonly description: string };
    readonly plugin: { readonly kind: string; readonly spec: Spec };
    readonly queries: readonly { readonly spec: { readonly plugin: { readonly spec: { readonly query: string } } } }[];
  };
}

interface PersesDashboard {
  readonly metadata: { readonly name: string; readonly project: string; readonly tags: readonly string[] };
  readonly spec: {
    readonly duration: string;
    readonly refreshInterval: string;
    readonly variables: readonly { readonly spec: { readonly name: string } & Spec }[];
    readonly panels: Readonly<Record<string, PersesPanel>>;
    readonly layouts: readonly {
      readonly spec: {
        readonly display?: { readonly title: string; readonly collapse: { readonly open: boolean } };
        readonly items: readonly {
          readonly x: number;
          readonly y: number;
          readonly content: { readonly $ref: string };
        }[];
      };
    }[];
  };
}

const read = (name: string) => JSON.parse(readFileSync(join(persesFolder, `${name}.json`), "utf8")) as PersesDashboard;
const queriesOf = ({ spec }: PersesPanel) => spec.queries.map((query) => query.spec.plugin.spec.query);

describe("the committed files for Perses", () => {
  it.each(persesFiles(renderAll()))("$path is what the source builds (else: npm run generate)", ({ path, text }) => {
    expect(readFileSync(path, "utf8")).toBe(text);
  });

  it("are one for each dashboard", () => {
    const made = persesFiles(renderAll()).map(({ path }) => basename(path));
    expect(readdirSync(persesFolder).toSorted()).toEqual(made.toSorted());
  });
});

describe.each(dashboardNames)("%s in Perses", (name) => {
  const grafana = readDashboard(name);
  const panels = allPanels(grafana).filter(({ type }) => type !== "row");
  const perses = read(name);

  it("has names that Perses takes", () => {
    const { metadata, spec } = perses;
    const ids = [
      metadata.name,
      metadata.project,
      ...Object.keys(spec.panels),
      ...spec.variables.map((each) => each.spec.name),
    ];
    for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_.-]+$/);
    for (const tag of metadata.tags) expect(tag).toMatch(/^[a-z0-9_-][a-z0-9 _-]*$/);
    expect(metadata).toMatchObject({ name, tags: grafana.tags });
  });

  it("asks every query, as it is", () => {
    const asked = Object.values(perses.spec.panels).map((panel) => [panel.spec.display.name, queriesOf(panel)]);
    expect(asked).toEqual(panels.map(({ title, targets = [] }) => [title, targets.map(({ expr }) => expr)]));
  });

  it("knows each variable that a query or a variable names", () => {
    const known = [
      ...perses.spec.variables.map(({ spec }) => spec.name),
      "__range",
      "__rate_interval",
      "__from",
      "__to",
    ];
    const texts = [JSON.stringify(perses.spec.panels), JSON.stringify(perses.spec.variables)];
    const named = texts.flatMap((text) => [...text.matchAll(/\$\{?([a-z_]\w*)/g)].map(([, word = ""]) => word));
    expect([...new Set(named)].filter((word) => !known.includes(word) && word !== "__all")).toEqual([]);
  });

  it("places each panel once, and leaves no line empty above a row", () => {
    const { layouts } = perses.spec;
    const places = layouts.flatMap(({ spec }) => spec.items.map(({ content }) => content.$ref));
    expect(places).toEqual(Object.keys(perses.spec.panels).map((key) => `#/spec/panels/${key}`));
    for (const { spec } of layouts) expect(Math.min(...spec.items.map(({ y }) => y))).toBe(0);
  });

  it("keeps the rows, open or closed", () => {
    const rows = grafana.panels.filter(({ type }) => type === "row");
    const shown = perses.spec.layouts.flatMap(({ spec: { display } }) => (display === undefined ? [] : [display]));
    expect(shown).toEqual(rows.map(({ title, collapsed }) => ({ title, collapse: { open: collapsed !== true } })));
  });

  it("keeps the units that Perses has", () => {
    const units = { s: "seconds", percentunit: "percent-decimal", bytes: "bytes", reqps: "requests/sec" };
    const numbers = panels.filter(({ type }) => !["table", "heatmap"].includes(type));
    for (const { id, title, fieldConfig } of numbers) {
      const unit = units[fieldConfig?.defaults.unit as keyof typeof units];
      const { spec } = perses.spec.panels[`panel-${id}`]?.spec.plugin ?? { spec: {} as Spec };
      if (unit !== undefined) expect((spec.format ?? spec.yAxis?.format)?.unit, title).toBe(unit);
    }
  });

  it("keeps the limits of tiles", () => {
    for (const { id, title, fieldConfig } of panels.filter(({ type }) => type === "stat")) {
      const limits = (fieldConfig?.defaults.thresholds?.steps ?? []).flatMap(({ value }) => value ?? []);
      const thresholds = perses.spec.panels[`panel-${id}`]?.spec.plugin.spec["thresholds"];
      const { steps } = thresholds as { steps: readonly { value: number; color: string }[] };
      expect(
        steps.map(({ value }) => value),
        title,
      ).toEqual(limits);
      for (const { color } of steps) expect(color, title).toMatch(/^#[0-9A-F]{6}$/i);
    }
  });
});
