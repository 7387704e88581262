import type { CatalogueRow } from "@aiwatch/core";
import { upToNow } from "../promql/course.ts";
import type { Vector } from "../promql/vector.ts";
import type { DataLink } from "./links.ts";
import { tile } from "./numbers.ts";
import { describe, type PanelBuilder } from "./panel.ts";
import { unitOf } from "./units.ts";

interface CourseSpec {
  readonly title: string;
  /** What the number is. */
  readonly sentence: string;
  /** The gauges, the first of which has the unit. */
  readonly rows: readonly [CatalogueRow, ...CatalogueRow[]];
  readonly vector: Vector<never>;
  readonly links?: readonly DataLink[];
  /** @default "No data" */
  readonly noValue?: string;
  /** @default 3 */
  readonly width?: number;
}

/** The value of now, above its course over the visible time. */
export const courseTile = ({
  title,
  sentence,
  rows,
  vector,
  links,
  noValue = "No data",
  width = 3,
}: CourseSpec): PanelBuilder =>
  tile({
    title,
    description: describe(
      `${sentence} Below it is the course over the visible time, of which the number is the newest point: where a day is shown, it is up to a minute old.`,
      ...rows,
    ),
    unit: unitOf(rows[0]),
    queries: [{ vector: upToNow(vector), legend: "now" }],
    noValue,
    trend: "gauge",
    width,
    ...(links !== undefined && { links }),
  });
