import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { jsonText } from "../json-text.ts";
import type { RenderedDashboard } from "../render.ts";
import { persesDashboard } from "./dashboard.ts";
import type { SourceDashboard } from "./source.ts";

/** Where the committed files are. */
export const persesFolder = fileURLToPath(new URL("../../perses", import.meta.url));

/** Each dashboard as the file that Perses takes. */
export function persesFiles(dashboards: readonly RenderedDashboard[]): { path: string; text: string }[] {
  return dashboards.map(({ file, json }) => ({
    path: join(persesFolder, file),
    text: `${jsonText(persesDashboard(JSON.parse(json) as SourceDashboard))}\n`,
  }));
}
