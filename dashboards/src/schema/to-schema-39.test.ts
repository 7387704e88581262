import { describe, expect, it } from "vitest";
import { dashboardNames, readDashboard } from "../test-support/queries.ts";
import { toSchema39, unknownFields } from "./to-schema-39.ts";

const dashboardOf = (panel: object) => ({ uid: "d", schemaVersion: 42, panels: [panel], templating: { list: [] } });

describe("a dashboard for Grafana 10.4 and later", () => {
  it.each(dashboardNames)("%s has nothing that Grafana 10.4 does not know", (name) => {
    expect(unknownFields(readDashboard(name))).toEqual([]);
    expect(readDashboard(name).schemaVersion).toBe(39);
  });

  it("loses what the SDK writes for newer releases", () => {
    const stat = { type: "stat", options: { graphMode: "none", percentChangeColorMode: "standard" } };
    expect(toSchema39(dashboardOf(stat))).toEqual({
      ...dashboardOf({ type: "stat", options: { graphMode: "none" } }),
      schemaVersion: 39,
    });
  });

  it("reaches into collapsed rows", () => {
    const panels = [{ type: "timeseries", options: { tooltip: { mode: "multi", hideZeros: true } } }];
    const written = toSchema39(dashboardOf({ type: "row", collapsed: true, panels }));
    expect(JSON.stringify(written)).not.toContain("hideZeros");
  });

  it.each([
    [{ type: "stat", options: { sparkline: true } }, "stat.options.sparkline"],
    [{ type: "stat", timeCompare: "1d" }, "stat.timeCompare"],
    [{ type: "pill" }, "dashboard.panels.pill"],
    [{ type: "table", fieldConfig: { defaults: { actions: [] } } }, "table.fieldConfig.defaults.actions"],
    [
      { type: "table", fieldConfig: { overrides: [{ matcher: {}, properties: [{ id: "custom.glow" }] }] } },
      "table.fieldConfig.overrides.properties.custom.glow",
    ],
  ])("refuses %j, of which nobody said that it is newer", (panel, path) => {
    expect(() => toSchema39(dashboardOf(panel))).toThrow(`Grafana 10.4 knows no ${path}`);
    expect(unknownFields(dashboardOf(panel))).toEqual([path]);
  });
});
