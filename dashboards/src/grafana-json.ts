import { fileURLToPath } from "node:url";

/** Where the committed dashboards are. */
export const folder = fileURLToPath(new URL("../grafana/dashboards", import.meta.url));

/** The parts of a dashboard's JSON that our checks and tests read. */
export interface GrafanaTarget {
  readonly refId: string;
  readonly expr: string;
  readonly legendFormat?: string;
  readonly instant?: boolean;
  readonly exemplar?: boolean;
  readonly datasource: { readonly type: string; readonly uid: string };
}

export interface GrafanaAnnotation {
  readonly name: string;
  readonly enable: boolean;
  readonly expr?: string;
}

export interface GrafanaOverride {
  readonly matcher: { readonly id: string; readonly options?: unknown };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}

export interface GrafanaPanel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly targets?: readonly GrafanaTarget[];
  /** A collapsed row holds its panels. */
  readonly collapsed?: boolean;
  readonly panels?: readonly GrafanaPanel[];
  readonly options?: { readonly graphMode?: string; readonly sortBy?: readonly { readonly displayName: string }[] };
  readonly transformations?: readonly {
    readonly id: string;
    readonly options: {
      readonly excludeByName?: Readonly<Record<string, boolean>>;
      readonly renameByName?: Readonly<Record<string, string>>;
    };
  }[];
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly fieldConfig?: {
    readonly defaults: {
      readonly unit?: string;
      readonly noValue?: string;
      readonly max?: number;
      readonly color?: { readonly mode: string };
      readonly mappings?: readonly unknown[];
      readonly links?: readonly { readonly title: string; readonly url: string }[];
      readonly custom?: Readonly<Record<string, unknown>>;
      readonly thresholds?: { readonly steps: readonly { readonly value: number | null; readonly color: string }[] };
    };
    readonly overrides?: readonly GrafanaOverride[];
  };
}

export interface GrafanaVariable {
  readonly name: string;
  readonly label: string;
  readonly type: string;
  readonly query: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly multi: boolean;
  readonly includeAll: boolean;
  readonly allValue?: string;
  readonly refresh?: number;
}

export interface GrafanaDashboard {
  readonly uid: string;
  readonly title: string;
  readonly editable: boolean;
  readonly schemaVersion: number;
  readonly tags: readonly string[];
  readonly templating: { readonly list: readonly GrafanaVariable[] };
  readonly annotations: { readonly list: readonly GrafanaAnnotation[] };
  readonly panels: readonly GrafanaPanel[];
}

/** Every panel and row, those inside of collapsed rows too. */
export const allPanels = ({ panels }: Pick<GrafanaDashboard, "panels">): GrafanaPanel[] =>
  panels.flatMap((panel) => [panel, ...(panel.panels ?? [])]);
