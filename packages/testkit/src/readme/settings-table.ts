import { readFile } from "node:fs/promises";

/** A setting as its package declares it: what a table shows of it. */
export interface TabledSetting {
  readonly option?: string;
  readonly variables: readonly string[];
  readonly kind: { readonly expected: string };
  readonly default: unknown;
}

/** What a setting is for, in the words of tables. */
export interface SettingDescription {
  readonly text: string;
  /** The function whose option it is. @default the package's own, such as `createAiwatch` */
  readonly of?: string;
  /** The default in words, where a value does not say it. */
  readonly default?: string;
}

/** The settings of a package with their descriptions, by the same names. */
export interface DescribedSettings {
  readonly settings: Readonly<Record<string, TabledSetting>>;
  readonly descriptions: Readonly<Record<string, SettingDescription>>;
  /** The function whose options they are where a description says nothing else. */
  readonly of: string;
}

/** The table of a package's settings in Markdown, a line for each. */
export function settingsTable({ settings, descriptions, of }: DescribedSettings): string[] {
  const rows = Object.entries(settings).map(([name, row]) => lineOf(row, descriptions[name], of));
  return ["| variable | option | is | may be | default |", "|---|---|---|---|---|", ...rows];
}

function lineOf(row: TabledSetting, description: SettingDescription | undefined, usual: string): string {
  if (description === undefined) throw new Error(`${row.variables[0]} has no description`);
  const { text, of = usual } = description;
  const cells = [
    row.variables.map((variable) => `\`${variable}\``).join(", "),
    row.option === undefined ? "" : `\`${row.option}\` of ${of}`,
    text,
    row.kind.expected,
    settingDefault(row, description),
  ];
  return withoutPadding(`| ${cells.join(" | ")} |`);
}

/** The default as tables show it. */
export function settingDefault(row: TabledSetting, description: SettingDescription | undefined): string {
  return description?.default ?? (row.default === undefined ? "none" : String(row.default));
}

/** The lines of a page's tables, without padding, as `settingsTable` writes them. */
export async function tableLinesOf(page: URL): Promise<string[]> {
  const lines = (await readFile(page, "utf8")).split("\n").filter((line) => line.startsWith("|"));
  return lines.map(withoutPadding);
}

function withoutPadding(line: string): string {
  return line.replaceAll(/ +/g, " ");
}
