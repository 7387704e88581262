import { type ChromiumTool, findChromium } from "../chromium/find-chromium.ts";
import { findJaeger, type JaegerTool } from "../jaeger/find-jaeger.ts";
import { findOpenMetricsParser, type OpenMetricsParserTool } from "../openmetrics/find-openmetrics-parser.ts";
import { findPrometheus, type PrometheusTool } from "../prometheus/find-prometheus.ts";

export interface Tools {
  prometheus: PrometheusTool;
  "openmetrics-parser": OpenMetricsParserTool;
  chromium: ChromiumTool;
  jaeger: JaegerTool;
}

export type ToolName = keyof Tools;

export type ToolResult<Tool> =
  | ({ readonly available: true } & Tool)
  | { readonly available: false; readonly reason: string };

const finders: { [Name in ToolName]: () => Promise<Tools[Name]> } = {
  prometheus: findPrometheus,
  "openmetrics-parser": findOpenMetricsParser,
  chromium: findChromium,
  jaeger: findJaeger,
};

const fetched = new Map<ToolName, unknown>();

/** A program that is no npm package, fetched once into the tools' folder; or the reason why it cannot be had here. */
export function fetchTool<Name extends ToolName>(name: Name): Promise<ToolResult<Tools[Name]>> {
  if (!fetched.has(name)) fetched.set(name, attempt(finders[name]));
  return fetched.get(name) as Promise<ToolResult<Tools[Name]>>;
}

/** The same for who cannot do without: throws the reason. */
export async function needTool<Name extends ToolName>(name: Name): Promise<Tools[Name]> {
  const result = await fetchTool(name);
  if (!result.available) throw new Error(`${name} cannot be had here: ${result.reason}`);
  return result;
}

async function attempt<Tool>(find: () => Promise<Tool>): Promise<ToolResult<Tool>> {
  try {
    return { available: true, ...(await find()) };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
