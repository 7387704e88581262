import { type DescribedSettings, settingsTable } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { coreSettings } from "../../../core/src/settings/core-settings.ts";
import { coreSettingDescriptions } from "../../../core/src/settings/test-support/descriptions.ts";
import { loggingSettings } from "../../../logging/src/logger/settings.ts";
import { loggingSettingDescriptions } from "../../../logging/src/logger/test-support/descriptions.ts";
import { openaiSettings } from "../../../openai/src/register/settings.ts";
import { openaiSettingDescriptions } from "../../../openai/src/register/test-support/descriptions.ts";
import { tracingRows } from "../../../tracing/src/settings/rows.ts";
import { tracingSettingDescriptions } from "../../../tracing/src/settings/test-support/descriptions.ts";

const packages: Readonly<Record<string, DescribedSettings>> = {
  "@aiwatch/core": { settings: coreSettings, descriptions: coreSettingDescriptions, of: "`createAiwatch`" },
  "@aiwatch/logging": { settings: loggingSettings, descriptions: loggingSettingDescriptions, of: "`createLogger`" },
  "@aiwatch/openai": { settings: openaiSettings, descriptions: openaiSettingDescriptions, of: "the preload" },
  "@aiwatch/tracing": { settings: tracingRows, descriptions: tracingSettingDescriptions, of: "`startTracing`" },
};

const introduction = `# Settings

Every environment variable that AIWatch's packages read. \`@aiwatch/llamacpp\` reads none. The tables are made from the rows in each
package's sources: \`npm test -- packages/system-tests/src/docs -u\` writes this page anew.

An option beats its variables, and the first variable that is set beats the others. Empty and blank ones count as unset. A value that cannot
be used throws where the option is taken, with the variable's name, what it holds and what it may hold.`;

it("docs/reference/settings.md is made from the rows of all packages", async () => {
  const sections = Object.entries(packages).map(([name, settings]) =>
    [`## ${name}`, "", ...settingsTable(settings)].join("\n"),
  );
  const page = `${[introduction, ...sections].join("\n\n")}\n`;
  await expect(page).toMatchFileSnapshot("../../../../docs/reference/settings.md");
});
