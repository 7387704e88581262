import type { NotMatching } from "./select.ts";

/**
 * The app's own endpoints. Scrapes and health polls, which come every few seconds, would drown them: AIWatch's routes are counted in
 * `http_requests_total`, and left out here. Where an app renames those routes, this is the one matcher to adapt.
 */
export const appEndpoints: NotMatching = { notMatching: "/metrics(/.*)?|/health|/readiness|/livez|/readyz" };
