import {
  applyFieldOverrides,
  cacheFieldDisplayNames,
  FieldColorModeId,
  FieldConfigOptionsRegistry,
  FieldType,
  standardTransformers,
  standardTransformersRegistry,
  ThresholdsMode,
  toDataFrame,
  transformDataFrame,
} from "@grafana/data";

/** Some stand in the list under two names. */
const transformers = new Map(Object.values(standardTransformers).map((transformer) => [transformer.id, transformer]));
standardTransformersRegistry.setInit(() =>
  [...transformers.values()].map((transformer) => ({
    id: transformer.id,
    name: transformer.name,
    transformation: () => Promise.resolve(transformer),
    editor: () => null,
    imageDark: "",
    imageLight: "",
  })),
);

/** Grafana's defaults of what its panels draw; a panel's JSON has only what differs. */
const customDefaults = {
  timeseries: {
    drawStyle: "line",
    lineInterpolation: "linear",
    lineWidth: 1,
    fillOpacity: 0,
    gradientMode: "none",
    barAlignment: 0,
    barWidthFactor: 0.6,
    showPoints: "auto",
    pointSize: 5,
    spanNulls: false,
    insertNulls: false,
    stacking: { mode: "none", group: "A" },
    axisPlacement: "auto",
    axisColorMode: "text",
    axisBorderShow: false,
    axisCenteredZero: false,
    axisLabel: "",
    scaleDistribution: { type: "linear" },
    thresholdsStyle: { mode: "off" },
    hideFrom: { tooltip: false, viz: false, legend: false },
  },
  table: { align: "auto", cellOptions: { type: "auto" }, inspect: false },
};

/**
 * A panel's answers as Grafana's data source hands them on, transformed and with the panel's field configuration applied.
 *
 * @returns {Promise<import("@grafana/data").DataFrame[]>}
 */
export async function framesOf({ panel, answers }, theme) {
  const raw = answers.flatMap((answer) =>
    answer.format === "table" ? [tableFrame(answer, answers)] : seriesFrames(answer),
  );
  const transformed = await transform(
    raw.filter((frame) => frame !== undefined),
    panel.transformations ?? [],
  );
  const fieldConfig = fieldConfigOf(panel);
  const frames = applyFieldOverrides({
    data: transformed,
    fieldConfig,
    fieldConfigRegistry: registryOf(fieldConfig),
    replaceVariables: (text) => text,
    theme,
    timeZone: "utc",
  });
  cacheFieldDisplayNames(frames);
  return frames;
}

function transform(frames, transformations) {
  const enabled = transformations.filter(({ disabled }) => !disabled);
  if (enabled.length === 0) return Promise.resolve(frames);
  return new Promise((resolve, reject) => {
    transformDataFrame(enabled, frames, { interpolate: (text) => text }).subscribe({ next: resolve, error: reject });
  });
}

/** One frame for each series, named by its legend. */
function seriesFrames({ refId, series, step, isInstant, legendFormat, promql }) {
  return series.map(({ labels, times, values }) => {
    const name = legendOf(legendFormat, labels, promql);
    const config = { displayNameFromDS: name };
    return toDataFrame({
      refId,
      name,
      meta: { type: isInstant ? "numeric-multi" : "timeseries-multi" },
      fields: [
        { name: "Time", type: FieldType.time, values: times, config: isInstant ? {} : { interval: step * 1000 } },
        { name: "Value", type: FieldType.number, values, labels, config },
      ],
    });
  });
}

/** One frame for all series: a column for each label. */
function tableFrame({ refId, series }, answers) {
  if (series.length === 0) return undefined;
  const labels = [...new Set(series.flatMap((one) => Object.keys(one.labels)))].sort();
  const rows = series.flatMap((one) => one.times.map((time, index) => ({ time, value: one.values[index], ...one })));
  const named = answers.filter(({ format }) => format === "table").length > 1 ? `Value #${refId}` : "Value";
  return toDataFrame({
    refId,
    meta: { preferredVisualisationType: "table" },
    fields: [
      { name: "Time", type: FieldType.time, values: rows.map(({ time }) => time) },
      ...labels.map((label) => ({
        name: label,
        type: FieldType.string,
        config: { filterable: true },
        values: rows.map((row) => row.labels[label] ?? ""),
      })),
      { name: named, type: FieldType.number, values: rows.map(({ value }) => value) },
    ],
  });
}

function legendOf(format, labels, promql) {
  const { __name__: name = "", ...rest } = labels;
  if (format !== "" && format !== "__auto")
    return format.replaceAll(/\{\{\s*(.+?)\s*\}\}/g, (_whole, label) => labels[label] ?? "");
  const pairs = Object.entries(rest).map(([label, value]) => `${label}="${value}"`);
  return name === "" && pairs.length === 0 ? promql : `${name}{${pairs.join(", ")}}`;
}

/** The panel's configuration over Grafana's defaults. */
export function fieldConfigOf({ type, fieldConfig = {} }) {
  const { defaults = {}, overrides = [] } = fieldConfig;
  const thresholds = defaults.thresholds ?? {
    mode: ThresholdsMode.Absolute,
    steps: [{ value: -Infinity, color: "green" }],
  };
  const steps = thresholds.steps.map((step) => ({ ...step, value: step.value ?? -Infinity }));
  const usualColor = type === "timeseries" ? FieldColorModeId.PaletteClassic : FieldColorModeId.Thresholds;
  return {
    defaults: {
      color: { mode: usualColor },
      mappings: [],
      ...defaults,
      thresholds: { ...thresholds, steps },
      custom: { ...customDefaults[type], ...defaults.custom },
    },
    overrides,
  };
}

const standard = [
  "displayName",
  "unit",
  "min",
  "max",
  "fieldMinMax",
  "decimals",
  "noValue",
  "thresholds",
  "mappings",
  "links",
  "actions",
  "color",
  "filterable",
];

/** Says of every property in use that it is set as it is written: the editors of Grafana's registry are not needed here. */
function registryOf({ defaults, overrides }) {
  const overridden = overrides.flatMap(({ properties }) => properties.map(({ id }) => id));
  const paths = overridden.filter((id) => id.startsWith("custom.")).map((id) => id.slice("custom.".length));
  const custom = [...new Set([...Object.keys(defaults.custom ?? {}), ...paths])];
  return new FieldConfigOptionsRegistry(() => [
    ...standard.map((path) => property(path, path, false)),
    ...custom.map((path) => property(`custom.${path}`, path, true)),
  ]);
}

/** As in Grafana's registry: the axis of time has no unit of its own, no limits and no label. */
const ofNumbers = new Set(["unit", "min", "max", "fieldMinMax", "decimals", "thresholds", "color"]);

function property(id, path, isCustom) {
  const process = (value) => (path === "thresholds" ? withLowest(value) : value);
  return {
    id,
    path,
    isCustom,
    name: id,
    description: "",
    editor: () => null,
    override: () => null,
    process,
    shouldApply: ({ type }) => (isCustom ? type !== FieldType.time : !ofNumbers.has(path) || type === FieldType.number),
  };
}

/** JSON cannot hold the lowest step's value. */
function withLowest(thresholds) {
  const steps = thresholds?.steps?.map((step) => ({ ...step, value: step.value ?? -Infinity }));
  return steps === undefined ? thresholds : { ...thresholds, steps };
}
