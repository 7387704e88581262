import { any, byType, list, object, type Shape } from "./fields.ts";

/**
 * What Grafana 10.4 knows of a dashboard, as far as ours use it: the types of `@grafana/schema` 10.4.0, and what these leave to the plugins
 * (an annotation's `expr`, a variable's `definition`). Newer releases read the same and migrate it.
 */
const reference = object("type", "uid");
const option = object("selected", "text", "value");

const variableFields = [
  "allValue",
  "description",
  "hide",
  "includeAll",
  "label",
  "multi",
  "name",
  "query",
  "refresh",
  "regex",
  "skipUrlSync",
  "sort",
  "type",
  { current: option, datasource: reference, options: list(option) },
] as const;

const variable = byType({
  datasource: object(...variableFields),
  query: object(...variableFields, "definition"),
  custom: object(...variableFields),
  textbox: object(...variableFields),
  adhoc: object(...variableFields, "filters"),
});

const annotation = object("builtIn", "enable", "hide", "iconColor", "name", "type", {
  datasource: reference,
  ...Object.fromEntries(
    ["expr", "step", "titleFormat", "textFormat", "tagKeys", "useValueForTime"].map((key) => [key, any]),
  ),
});

const link = object(
  "asDropdown",
  "icon",
  "includeVars",
  "keepTime",
  "tags",
  "targetBlank",
  "title",
  "tooltip",
  "type",
  "url",
);

const target = object("exemplar", "expr", "format", "instant", "legendFormat", "range", "refId", {
  datasource: reference,
});

const reduceOptions = object("calcs", "fields", "limit", "values");
const singleValue = { reduceOptions, text: object("titleSize", "valueSize") };
const legend = object("calcs", "displayMode", "placement", "showLegend", "sortBy", "sortDesc", "width");
const tooltip = object("maxHeight", "maxWidth", "mode", "sort");

const color = object("fixedColor", "mode", "seriesBy");
const thresholds = object("mode", { steps: list(object("color", "value")) });
const dataLink = object("targetBlank", "title", "url");

const defaults = (custom: Shape) =>
  object("decimals", "displayName", "filterable", "max", "min", "noValue", "unit", {
    color,
    custom,
    thresholds,
    links: list(dataLink),
    mappings: list(object("type", "options")),
  });

const axis = [
  "axisBorderShow",
  "axisCenteredZero",
  "axisColorMode",
  "axisGridShow",
  "axisLabel",
  "axisPlacement",
] as const;
const axisEnds = ["axisSoftMax", "axisSoftMin", "axisWidth", "scaleDistribution"] as const;

/** What an override may set. Its ids are paths into the field's configuration. */
const overridden = new Set([
  "unit",
  "decimals",
  "min",
  "max",
  "color",
  "thresholds",
  "mappings",
  "links",
  "noValue",
  "displayName",
  "custom.cellOptions",
  "custom.width",
  "custom.hidden",
  "custom.hideFrom",
  "custom.lineStyle",
  "custom.lineWidth",
  "custom.fillOpacity",
  "custom.stacking",
  "custom.axisPlacement",
]);

const properties: Shape = (value, path) => {
  const all = value as readonly { readonly id: string }[];
  return all
    .filter(({ id }) => !overridden.has(id))
    .map((owner) => ({ path: `${path}.${owner.id}`, owner: owner as unknown as Record<string, unknown>, key: "id" }));
};

const panel = (options: Shape, custom: Shape) =>
  object(
    "description",
    "id",
    "interval",
    "maxDataPoints",
    "maxPerRow",
    "repeat",
    "repeatDirection",
    "title",
    "transparent",
    "type",
    {
      datasource: reference,
      fieldConfig: object({
        defaults: defaults(custom),
        overrides: list(object({ matcher: object("id", "options"), properties })),
      }),
      gridPos: object("h", "w", "x", "y"),
      links: list(link),
      options,
      targets: list(target),
      transformations: list(object("id", "options")),
    },
  );

const singleValuePanels = {
  stat: panel(
    object(
      "colorMode",
      "graphMode",
      "justifyMode",
      "orientation",
      "showPercentChange",
      "textMode",
      "wideLayout",
      singleValue,
    ),
    object(),
  ),
  bargauge: panel(
    object(
      "displayMode",
      "maxVizHeight",
      "minVizHeight",
      "minVizWidth",
      "namePlacement",
      "orientation",
      "showUnfilled",
      "sizing",
      "valueMode",
      singleValue,
    ),
    object(),
  ),
};

const lines = [
  "drawStyle",
  "fillOpacity",
  "gradientMode",
  "lineInterpolation",
  "lineStyle",
  "lineWidth",
  "pointSize",
] as const;

const panels = {
  ...singleValuePanels,
  timeseries: panel(
    object({ legend, tooltip }),
    object(...axis, ...axisEnds, ...lines, "showPoints", "spanNulls", "stacking", "thresholdsStyle", "hideFrom"),
  ),
  heatmap: panel(
    object("calculate", "cellGap", "cellRadius", "showValue", {
      cellValues: object("decimals", "unit"),
      color: object("exponent", "fill", "max", "min", "mode", "reverse", "scale", "scheme", "steps"),
      exemplars: object("color"),
      filterValues: object("ge", "le"),
      legend: object("show"),
      tooltip: object("maxHeight", "maxWidth", "mode", "showColorScale", "yHistogram"),
      yAxis: object(...axis, ...axisEnds, "decimals", "max", "min", "reverse", "unit"),
    }),
    object("hideFrom", "scaleDistribution"),
  ),
  table: panel(
    object("cellHeight", "frameIndex", "showHeader", "showTypeIcons", {
      footer: object("countRows", "enablePagination", "fields", "reducer", "show"),
      sortBy: list(object("desc", "displayName")),
    }),
    object("align", "cellOptions", "filterable", "hidden", "inspect", "minWidth", "width"),
  ),
  text: panel(object("content", "mode"), object()),
};

const row = object("collapsed", "id", "repeat", "title", "type", {
  datasource: reference,
  gridPos: object("h", "w", "x", "y"),
  panels: list(byType(panels)),
});

export const dashboardShape: Shape = object(
  "description",
  "editable",
  "fiscalYearStartMonth",
  "graphTooltip",
  "liveNow",
  "refresh",
  "schemaVersion",
  "tags",
  "timezone",
  "title",
  "uid",
  "weekStart",
  {
    annotations: object({ list: list(annotation) }),
    links: list(link),
    panels: list(byType({ ...panels, row })),
    templating: object({ list: list(variable) }),
    time: object("from", "to"),
    timepicker: object("hidden", "nowDelay", "refresh_intervals"),
  },
);
