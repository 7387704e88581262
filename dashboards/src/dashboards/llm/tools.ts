import type { Row } from "../dashboard.ts";
import { toolCallRate, toolCallTimes } from "../shared/tools.ts";

/** The app's functions that the models call. */
export const tools: Row = { title: "Tools", panels: [toolCallRate(12), toolCallTimes(12)] };
