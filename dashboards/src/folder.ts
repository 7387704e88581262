import { fileURLToPath } from "node:url";

/** Where the committed dashboards are. */
export const folder = fileURLToPath(new URL("../grafana/dashboards", import.meta.url));
