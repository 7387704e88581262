import type { GrafanaDashboard, GrafanaPanel, GrafanaTarget } from "../grafana-json.ts";

/** Where a number changes its colour; the first step has no value. */
export interface SourceThresholds {
  readonly steps: readonly { readonly value: number | null; readonly color: string }[];
}

export interface SourceDefaults {
  readonly unit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly mappings?: readonly { readonly type: string; readonly options: Readonly<Record<string, unknown>> }[];
  readonly links?: readonly { readonly title: string; readonly url: string }[];
  readonly color?: { readonly mode: string };
  readonly thresholds?: SourceThresholds;
  readonly custom?: {
    readonly axisLabel?: string;
    readonly axisSoftMax?: number;
    readonly lineWidth?: number;
    readonly fillOpacity?: number;
    readonly stacking?: { readonly mode: string };
    readonly thresholdsStyle?: { readonly mode: string };
  };
}

export interface SourceColumns {
  readonly excludeByName: Readonly<Record<string, boolean>>;
  readonly indexByName: Readonly<Record<string, number>>;
  readonly renameByName: Readonly<Record<string, string>>;
}

/** What of a Grafana panel has a counterpart in Perses. */
export interface SourcePanel extends Omit<GrafanaPanel, "fieldConfig" | "panels"> {
  readonly targets: readonly GrafanaTarget[];
  readonly interval?: string;
  readonly panels?: readonly SourcePanel[];
  readonly options?: {
    readonly graphMode?: string;
    readonly colorMode?: string;
    readonly legend?: { readonly displayMode?: string; readonly placement?: string };
    readonly sortBy?: readonly { readonly displayName: string; readonly desc: boolean }[];
  };
  readonly transformations?: readonly { readonly id: string; readonly options: Partial<SourceColumns> }[];
  readonly fieldConfig: {
    readonly defaults: SourceDefaults;
    readonly overrides: readonly {
      readonly matcher: { readonly id: string; readonly options?: unknown };
      readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
    }[];
  };
}

export interface SourceDashboard extends Omit<GrafanaDashboard, "panels"> {
  readonly description?: string;
  readonly refresh?: string;
  readonly time: { readonly from: string };
  readonly panels: readonly SourcePanel[];
}
