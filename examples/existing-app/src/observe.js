import { createAiwatch } from "@aiwatch/core";
import { logTo } from "@aiwatch/logging";
import { logger } from "./logger.js";
import { registry } from "./metrics.js";

/** AIWatch, on what the app has already: its registry, so that its `/metrics` shows ours too, and its logger. */
export const aiwatch = createAiwatch({
  service: "existing-app",
  registry,
  observers: [logTo(logger)],
});
