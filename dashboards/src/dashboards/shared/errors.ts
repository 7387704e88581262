import { catalogue } from "@aiwatch/core";
import { timeSeries } from "../../panels/charts.ts";
import { bars } from "../../panels/numbers.ts";
import { describeGrowth } from "../../panels/panel.ts";
import { perSecondUnitOf, unitOf } from "../../panels/units.ts";
import { grown, perSecondInStep, visible } from "../../promql/panel-queries.ts";
import { aboveZero, largest, sumBy } from "../../promql/vector.ts";

const { errors } = catalogue;

export const errorRate = (width: number) =>
  timeSeries({
    title: "Errors",
    description: describeGrowth(
      "Errors per second by type and by where they happened; the ten most frequent at each moment.",
      errors,
    ),
    unit: perSecondUnitOf(errors),
    queries: [
      {
        vector: largest(10, perSecondInStep(sumBy(grown(errors), "type", "operation"))),
        legend: "{{operation}} {{type}}",
      },
    ],
    noValue: "No data",
    width,
  });

export const errorCounts = (width: number) =>
  bars({
    title: "Error counts",
    description: describeGrowth(
      "Errors in the visible time range by type and by where they happened. Prometheus extrapolates to the range's ends: a count may be off by one.",
      errors,
    ),
    unit: unitOf(errors),
    queries: [
      { vector: aboveZero(sumBy(visible.grown(errors), "type", "operation")), legend: "{{operation}} {{type}}" },
    ],
    noValue: "No errors",
    width,
  });
