import { admissionRows } from "./admission-rows.ts";
import { chatRows } from "./chat-rows.ts";
import { clientRows } from "./client-rows.ts";
import { httpRows } from "./http-rows.ts";
import { inferenceRows } from "./inference-rows.ts";
import { llamaCppRows } from "./llamacpp-rows.ts";
import { processRows } from "./process-rows.ts";
import type { CatalogueRow } from "./row.ts";
import { serverRows } from "./server-rows.ts";
import { tokenRows } from "./token-rows.ts";

/**
 * Every metric, once. Instruments, the reference page, the dashboards' queries and the tests are made from these rows or checked against
 * them. What a row means in words lies apart, in `reference.ts`: an app at work reads none of it.
 */
export const catalogue = {
  ...httpRows,
  ...admissionRows,
  ...tokenRows,
  ...inferenceRows,
  ...chatRows,
  ...llamaCppRows,
  ...serverRows,
  ...clientRows,
  ...processRows,
} as const satisfies Record<string, CatalogueRow>;

export type Catalogue = typeof catalogue;
