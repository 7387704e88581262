export type { ClientReports } from "../routes/handlers.ts";
export type { BatchOptions, ReportedError } from "./browser-report.ts";
export { clientReports, type ReportOptions } from "./client-reports.ts";
export type { ReportLimits } from "./report-limit.ts";
export type { TrustedProxies } from "./trusted-proxies.ts";
