import { availabilityCases } from "./availability-cases.ts";
import { engineCases } from "./engine-cases.ts";
import { mostWaitCases } from "./most-wait-cases.ts";
import { sloCases } from "./slo-cases.ts";
import { telemetryCases } from "./telemetry-cases.ts";
import { waitingCases } from "./waiting-cases.ts";

/** Those that promtool judges in a second or less. */
export const cases = [
  ...sloCases,
  ...mostWaitCases,
  ...availabilityCases,
  ...waitingCases,
  ...engineCases,
  ...telemetryCases,
];

/** Those of alerts that tell the job, judged by rules that keep no label more. */
export const ofJobs = cases.filter(
  ({ by, fires = [] }) => by === undefined && fires.some(({ of }) => of.some((labels) => "job" in labels)),
);
