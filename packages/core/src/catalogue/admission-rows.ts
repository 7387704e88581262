import { queueBounds } from "./bounds.ts";
import { type CatalogueRow, capped, closed } from "./row.ts";
import { admissionOutcomes } from "./values.ts";

/** The name that the app gives its queue: an app has a few. */
const queue = capped(20);

export const admissionRows = {
  admissionWaiting: {
    type: "gauge",
    name: "genai_app_admission_waiting",
    help: "Entries that wait in a queue of the app's own",
    unit: "entries",
    labels: { queue },
    aggregation: "sum",
  },
  admissionWait: {
    type: "histogram",
    name: "genai_app_admission_wait_seconds",
    help: "Time from entering a queue of the app's own to the admission, in seconds",
    unit: "seconds",
    labels: { queue },
    bounds: queueBounds,
    aggregation: "sum",
  },
  admissions: {
    type: "counter",
    name: "genai_app_admissions_total",
    help: "Entries of the app's own queues that ended, by how they ended",
    unit: "entries",
    labels: { queue, outcome: closed(...admissionOutcomes) },
    aggregation: "sum",
  },
} as const satisfies Record<string, CatalogueRow>;
