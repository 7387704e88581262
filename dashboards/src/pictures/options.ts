import { parseArgs } from "node:util";

export const help = `Draws every dashboard as a picture, without a Grafana: a real Prometheus answers its queries, and Grafana's own components draw them.

  npm run dashboards:pictures -- [options]

  --out FOLDER       where the pictures go            (.cache/dashboards-pictures)
  --board NAME       only boards whose file name has NAME; may be repeated
  --boards FOLDER    where the boards are             (dashboards/grafana/dashboards)
  --width PIXELS     width of the window; may be repeated (1440 and 1920)
  --theme NAME       dark or light; may be repeated (dark)
  --minutes N        how long the demo is driven, and the time that is shown (4)
  --collapsed        leaves collapsed rows closed; without it they are opened, with a mark
  --rows NAMES       only the rows with these titles, such as "Overview,Latency"
  --prometheus URL   asks this Prometheus instead of a demo's; --minutes is then the time that is shown
  --at TIME          with --prometheus, the end of what is shown, such as 2026-11-29T17:30:00Z (now)
  --scrape SECONDS   with --prometheus, how often it scrapes (5)
  --fleet N          a made history of N processes instead of a demo; --minutes is then the time that is shown (60)
  --models N         how many models the fleet serves (3)
  --help
`;

const themes = ["dark", "light"] as const;
/** Grafana's two. */
export type Theme = (typeof themes)[number];

export interface PictureOptions {
  readonly out: string;
  /** Parts of file names; all boards where there are none. */
  readonly boards: readonly string[];
  readonly folder: string | undefined;
  readonly widths: readonly number[];
  readonly themes: readonly Theme[];
  readonly minutes: number;
  readonly collapsed: boolean;
  /** Titles of rows; all where there are none. */
  readonly rows: readonly string[];
  readonly prometheus: string | undefined;
  /** The end of what is shown, in seconds since 1970. */
  readonly at: number;
  /** Between two scrapes of `prometheus`, in seconds. */
  readonly scrape: number;
  readonly fleet: number | undefined;
  readonly models: number;
}

/** Reads the command line; `undefined` where help is asked for. Throws with the value and what it may be. */
export function readOptions(args: readonly string[]): PictureOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      out: { type: "string", default: ".cache/dashboards-pictures" },
      board: { type: "string", multiple: true, default: [] },
      boards: { type: "string" },
      width: { type: "string", multiple: true, default: ["1440", "1920"] },
      theme: { type: "string", multiple: true, default: ["dark"] },
      minutes: { type: "string" },
      collapsed: { type: "boolean", default: false },
      rows: { type: "string", default: "" },
      prometheus: { type: "string" },
      at: { type: "string" },
      scrape: { type: "string", default: "5" },
      fleet: { type: "string" },
      models: { type: "string", default: "3" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  if (values.fleet !== undefined && values.prometheus !== undefined)
    throw new Error(`--fleet ${values.fleet} and --prometheus ${values.prometheus} exclude each other: choose one`);
  return {
    out: values.out,
    boards: values.board,
    folder: values.boards,
    widths: values.width.map((width) => positive("--width", width)),
    themes: values.theme.map(themeOf),
    minutes: positive("--minutes", values.minutes ?? (values.fleet === undefined ? "4" : "60")),
    collapsed: values.collapsed,
    rows: values.rows.split(",").filter((title) => title !== ""),
    prometheus: values.prometheus,
    at: momentOf(values.at),
    scrape: positive("--scrape", values.scrape),
    fleet: values.fleet === undefined ? undefined : positive("--fleet", values.fleet),
    models: positive("--models", values.models),
  };
}

function positive(option: string, text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`${option} is ${JSON.stringify(text)}, expected a number above 0`);
}

function themeOf(text: string): Theme {
  const theme = themes.find((one) => one === text);
  if (theme !== undefined) return theme;
  throw new Error(`--theme is ${JSON.stringify(text)}, expected ${themes.join(" or ")}`);
}

function momentOf(text: string | undefined): number {
  const moment = text === undefined ? Date.now() : Date.parse(text);
  if (!Number.isNaN(moment)) return moment / 1000;
  throw new Error(`--at is ${JSON.stringify(text)}, expected a time such as 2026-11-29T17:30:00Z`);
}
