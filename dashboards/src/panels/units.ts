import type { CatalogueRow, Unit } from "@aiwatch/core";

/** As 18.5 tok/s, and 24.3 K tok/s of a fleet. */
const tokensPerSecondUnit = "count:tok/s";

/**
 * Grafana's id for a row's unit. `locale` writes 4096 as 4,096 where `short` would make it 4.10 K. What follows `suffix:` stands behind the
 * number, and what follows `count:` behind the number in thousands or millions.
 */
const units: Readonly<Record<Unit, string>> = {
  seconds: "s",
  bytes: "bytes",
  tokens: "locale",
  "tokens per second": tokensPerSecondUnit,
  threads: "none",
  requests: "none",
  answers: "none",
  entries: "none",
  errors: "none",
  inferences: "none",
  chats: "none",
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

/** Events per second that no row counts: a histogram's observations. */
export const eventsPerSecondUnit = "suffix:/s";

/** What a counter that grows by one unit a second shows. */
const perSecondUnits: Readonly<Partial<Record<Unit, string>>> = {
  tokens: tokensPerSecondUnit,
  requests: "reqps",
};

export const unitOf = (row: CatalogueRow): string => units[row.unit];
export const perSecondUnitOf = (row: CatalogueRow): string => perSecondUnits[row.unit] ?? eventsPerSecondUnit;
export const ratioUnit = units.ratio;
/** What a share cannot exceed: without it, an axis whose highest line is at 100 % may end at 120 %. */
export const mostOf = (unit: string): number | undefined => (unit === ratioUnit ? 1 : undefined);
/** Where the axis of a share ends at least that is near 0 where all is well: of 100 % nothing could be read. */
export const smallShare = 0.02;
/** How many times something is what it should be. */
export const timesUnit = "suffix:×";

/** The unit of what is counted whole: as 89,589. */
export const countUnit = units.tokens;

/** Decimals that a unit needs: there is no part of a token. */
export const decimalsOf = (unit: string): number | undefined => (unit === units.tokens ? 0 : undefined);

/**
 * Where an axis ends at least. Without it, Grafana draws a panel whose values are all zero on a scale up to 100; what is larger still
 * stretches the axis. Shares have none: theirs ends at 100 %.
 */
export const leastAxis: Readonly<Record<string, number>> = {
  [eventsPerSecondUnit]: 0.1,
  reqps: 0.1,
  [tokensPerSecondUnit]: 1,
  s: 0.01,
  none: 1,
  locale: 1,
};
