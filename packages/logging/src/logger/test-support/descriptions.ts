import type { SettingDescription } from "@aiwatch/testkit";
import type { loggingSettings } from "../settings.ts";

/** What each setting is for. */
export const loggingSettingDescriptions: Readonly<Record<keyof typeof loggingSettings, SettingDescription>> = {
  level: { text: "The least level that is written" },
  pretty: { text: "Lines for people, by pino-pretty" },
  service: { text: "The service's name, as `service` in each line" },
};
