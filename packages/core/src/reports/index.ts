export type { ClientReports } from "../routes/handlers.ts";
export { clientReports } from "./client-reports.ts";
export type { ReportLimits } from "./report-limit.ts";
