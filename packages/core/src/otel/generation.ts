import { coreSettings } from "../settings/core-settings.ts";
import type { Environment } from "../settings/settings.ts";
import { readRow } from "../settings/settings.ts";

/** The two generations of OpenTelemetry's GenAI conventions that live: the last release, and the newest draft. */
export type Generation = "released" | "latest";

/** The generation that the app opted in to. The variable is a list, shared with other conventions: what is not ours is left alone. */
export function readGeneration(environment?: Environment): Generation {
  const optedIn = readRow(coreSettings.semconvOptIn, undefined, environment)?.split(",") ?? [];
  return optedIn.some((entry) => entry.trim() === "gen_ai_latest_experimental") ? "latest" : "released";
}
