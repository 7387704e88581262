import { dashboardShape } from "./grafana-10.ts";

/** What the SDK writes into every object of a kind, and Grafana 10.4 does not know. None of it is missed. */
const newer = new Set([
  "stat.options.percentChangeColorMode",
  "bargauge.options.legend",
  "heatmap.options.selectionMode",
  "timeseries.options.tooltip.hideZeros",
  "datasource.allowCustomValue",
  "query.allowCustomValue",
  "custom.allowCustomValue",
  "textbox.allowCustomValue",
  "adhoc.allowCustomValue",
  "dashboard.links.placement",
  "dashboard.annotations.list.placement",
  ...["datasource", "query", "custom", "textbox", "adhoc"].flatMap((type) =>
    ["auto", "auto_min", "auto_count"].map((key) => `${type}.${key}`),
  ),
]);

/** The fields of a dashboard that Grafana 10.4 does not know, by their paths. */
export const unknownFields = (dashboard: object): string[] =>
  dashboardShape(dashboard, "dashboard").map(({ path }) => path);

/**
 * The dashboard with what Grafana 10.4 knows alone, in that release's schema: 39. Later releases, up to 13 now, migrate it by themselves; an
 * earlier schema than one's own is always read. Throws for a field that is neither known nor known to be newer.
 */
export function toSchema39<Dashboard extends object>(dashboard: Dashboard): Dashboard & { readonly schemaVersion: 39 } {
  // what is undefined is not written
  const copy = JSON.parse(JSON.stringify(dashboard)) as Dashboard;
  const unknown = dashboardShape(copy, "dashboard");
  const unexpected = unknown.filter(({ path }) => !newer.has(path)).map(({ path }) => path);
  if (unexpected.length > 0)
    throw new Error(
      `Grafana 10.4 knows no ${[...new Set(unexpected)].join(", ")}: leave it out, or list it in schema/grafana-10.ts if it does`,
    );
  for (const { owner, key } of unknown) delete owner[key];
  return { ...copy, schemaVersion: 39 };
}
