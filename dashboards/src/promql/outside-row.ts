import type { CatalogueRow } from "@aiwatch/core";
import type { TargetLabel } from "./select.ts";

/** A series that no app of ours exposes: Prometheus's own, prom-client's of the process, and those that AIWatch's rules record. */
export type OutsideRow = CatalogueRow & {
  readonly definition: string;
  /** The labels of the scrape that its series have: a recorded one has lost its instance. */
  readonly targets: readonly TargetLabel[];
};
