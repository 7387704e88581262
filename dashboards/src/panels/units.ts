import type { CatalogueRow, Unit } from "@aiwatch/core";

/** Grafana's id for a row's unit. `locale` writes 4096 as 4,096 where `short` would make it 4.10 K. */
const units: Readonly<Record<Unit, string>> = {
  seconds: "s",
  bytes: "bytes",
  tokens: "locale",
  "tokens per second": "short",
  threads: "none",
  requests: "none",
  entries: "none",
  errors: "none",
  inferences: "none",
  calls: "none",
  sequences: "none",
  "context shifts": "none",
  ratio: "percentunit",
  models: "none",
  "model servers": "none",
  slots: "none",
  restarts: "none",
  series: "none",
  spans: "locale",
  workers: "none",
  processes: "none",
};

/** Grafana's id for a counter's unit per second. It has none for tokens: titles and axes say `tokens/s`. */
const perSecondUnits: Readonly<Record<Unit, string>> = {
  ...units,
  tokens: "short",
  requests: "reqps",
  entries: "cps",
  errors: "cps",
  inferences: "cps",
  calls: "cps",
  "context shifts": "cps",
  restarts: "cps",
  series: "cps",
  spans: "locale",
};

export const unitOf = (row: CatalogueRow): string => units[row.unit];
export const perSecondUnitOf = (row: CatalogueRow): string => perSecondUnits[row.unit];
export const ratioUnit = units.ratio;
/** Events per second that no row counts: a histogram's observations. */
export const eventsPerSecondUnit = "cps";
