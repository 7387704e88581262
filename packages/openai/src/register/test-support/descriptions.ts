import type { SettingDescription } from "@aiwatch/testkit";
import type { openaiSettings } from "../settings.ts";

/** What each setting is for. */
export const openaiSettingDescriptions: Readonly<Record<keyof typeof openaiSettings, SettingDescription>> = {
  baseUrls: { text: "The model servers that the preload observes" },
};
