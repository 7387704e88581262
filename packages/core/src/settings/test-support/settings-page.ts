import { coreSettings } from "../core-settings.ts";
import { coreSettingDescriptions } from "../descriptions.ts";

/** `docs/reference/settings.md`, made from the rows. */
export function settingsPage(): string {
  const lines = Object.entries(coreSettings).map(([name, row]) => tableRow(name as keyof typeof coreSettings, row));
  return `${[heading, "", "| variable | option | is | may be | default |", "|---|---|---|---|---|", ...lines].join("\n")}\n`;
}

const heading = `# Settings of @aiwatch/core

Every environment variable that core reads, from the rows in \`packages/core/src/settings\`. This page is made from them:
\`npm test -- packages/core/src/settings -u\` writes it anew. An option beats its variables, and the first variable that is set beats the others. Empty and blank ones count as
unset. A value that cannot be used throws where the option is taken, with the variable's name, what it holds and what it may hold.`;

type AnySetting = (typeof coreSettings)[keyof typeof coreSettings];

/** The default as tables show it. */
export function defaultOf(name: keyof typeof coreSettings): string {
  const { default: value } = coreSettings[name];
  return coreSettingDescriptions[name].default ?? (value === undefined ? "none" : String(value));
}

function tableRow(name: keyof typeof coreSettings, { variables, option, kind }: AnySetting): string {
  const { text, of = "`createAiwatch`" } = coreSettingDescriptions[name];
  const cells = [
    variables.map((variable) => `\`${variable}\``).join(", "),
    option === undefined ? "" : `\`${option}\` of ${of}`,
    text,
    kind.expected,
    defaultOf(name),
  ];
  return `| ${cells.join(" | ")} |`;
}
