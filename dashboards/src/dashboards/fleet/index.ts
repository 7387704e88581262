import { catalogue } from "@aiwatch/core";
import { recorded } from "../../rules/recorded.ts";
import { dashboard } from "../dashboard.ts";
import { variables } from "../variables.ts";
import { availability } from "./availability.ts";
import { traffic, waits } from "./models.ts";
import { standOut } from "./outliers.ts";
import { overview } from "./overview.ts";
import { processTable } from "./processes.ts";
import { spread } from "./spread.ts";

/** Of a thousand processes and of a month, the answers take their time, and change slowly. */
export const fleetDashboard = {
  ...dashboard({
    uid: "aiwatch-fleet",
    title: "AIWatch: fleet",
    description:
      "One to a thousand processes: who is there and since when, who stands out, how evenly they work, and how they do as a whole.",
    tags: ["fleet"],
    variables: variables(catalogue.chatTokens, recorded.inferences),
    rows: [overview, processTable, availability, standOut, spread, waits, traffic],
  }),
  refresh: "1m",
};
