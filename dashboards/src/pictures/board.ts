import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

/** A dashboard's JSON, read generically: any schema version, any kind of panel. What is not named here is handed on as it is. */
export interface Board {
  readonly uid: string;
  readonly title: string;
  readonly panels: readonly BoardPanel[];
  readonly templating?: { readonly list: readonly BoardVariable[] };
  readonly annotations?: { readonly list: readonly BoardAnnotation[] };
  readonly links?: readonly { readonly title: string }[];
}

export interface BoardPanel {
  readonly id?: number;
  readonly type: string;
  readonly title?: string;
  readonly gridPos: Place;
  /** A row's own panels, where it is collapsed. */
  readonly panels?: readonly BoardPanel[];
  readonly collapsed?: boolean;
  readonly targets?: readonly BoardTarget[];
  /** The least step of its queries. */
  readonly interval?: string;
  readonly maxDataPoints?: number;
}

export interface BoardTarget {
  readonly refId: string;
  readonly expr?: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly range?: boolean;
  readonly exemplar?: boolean;
  readonly format?: "time_series" | "table" | "heatmap";
  readonly interval?: string;
  readonly hide?: boolean;
}

export interface BoardVariable {
  readonly name: string;
  readonly label?: string;
  readonly type: string;
  readonly query?: string | { readonly query?: string };
  readonly current?: { readonly value?: string | readonly string[]; readonly text?: string | readonly string[] };
  readonly options?: readonly { readonly value: string; readonly selected?: boolean }[];
  readonly multi?: boolean;
  readonly includeAll?: boolean;
  readonly allValue?: string | null;
  readonly hide?: number;
}

export interface BoardAnnotation {
  readonly name: string;
  readonly expr?: string;
  readonly enable?: boolean;
  readonly iconColor?: string;
  readonly step?: string;
}

/** In Grafana's grid of 24 columns. */
export interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface NamedBoard {
  /** The file's name without its ending. */
  readonly name: string;
  readonly board: Board;
}

/** The boards of a folder whose names have one of `parts`; all where there are none. */
export async function readBoards(folder: string, parts: readonly string[]): Promise<NamedBoard[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith(".json")).sort();
  const chosen = files.filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));
  if (chosen.length === 0)
    throw new Error(`no board in ${folder} is named like ${parts.join(", ")}: it has ${files.join(", ")}`);
  return Promise.all(
    chosen.map(async (file) => ({
      name: file.replace(/\.json$/, ""),
      board: JSON.parse(await readFile(join(folder, file), "utf8")) as Board,
    })),
  );
}

export interface ShownPanel {
  readonly panel: BoardPanel;
  readonly place: Place;
  /** A heading that is closed when the board is opened. */
  readonly wasCollapsed: boolean;
}

/** Every panel at the place where Grafana shows it. A collapsed row is opened as by a click: what is below moves down. */
export function laidOut({ panels }: Board, { collapsed }: { readonly collapsed: boolean }): ShownPanel[] {
  const shown: ShownPanel[] = [];
  let down = 0;
  for (const panel of panels) {
    const place = moved(panel.gridPos, down);
    const own = panel.panels ?? [];
    const wasCollapsed = panel.type === "row" && panel.collapsed === true;
    shown.push({ panel, place, wasCollapsed });
    if (!wasCollapsed || collapsed || own.length === 0) continue;
    const top = Math.min(...own.map(({ gridPos }) => gridPos.y));
    const bottom = Math.max(...own.map(({ gridPos }) => gridPos.y + gridPos.h));
    const by = place.y + place.h - top;
    for (const child of own) shown.push({ panel: child, place: moved(child.gridPos, by), wasCollapsed: false });
    down += bottom - top;
  }
  return shown;
}

/** The rows with these titles alone, moved up so that no hole is left; all where there are none. */
export function onlyRows(shown: readonly ShownPanel[], titles: readonly string[]): ShownPanel[] {
  if (titles.length === 0) return [...shown];
  const kept: ShownPanel[] = [];
  let isKept = false;
  let [next, by] = [0, 0];
  for (const one of shown) {
    if (one.panel.type === "row") {
      isKept = titles.includes(one.panel.title ?? "");
      by = next - one.place.y;
    }
    if (!isKept) continue;
    const place = moved(one.place, by);
    next = Math.max(next, place.y + place.h);
    kept.push({ ...one, place });
  }
  return kept;
}

const moved = (place: Place, by: number): Place => ({ ...place, y: place.y + by });

const rowHeight = 30;
const gap = 8;
/** What Grafana leaves at both sides of the grid. */
export const margin = 16;

/** From the grid to pixels, in a window so wide, as Grafana's grid has it. */
export function inPixels({ x, y, w, h }: Place, width: number): Place {
  const column = (width - 2 * margin - 23 * gap) / 24;
  return {
    x: Math.round(x * (column + gap)),
    y: y * (rowHeight + gap),
    w: Math.round(w * column + (w - 1) * gap),
    h: h * rowHeight + (h - 1) * gap,
  };
}
