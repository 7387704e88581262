/** A dashboard whose parts can be spoilt. */
export interface DashboardDraft {
  editable: boolean;
  templating: { list: { name: string; type: string; query: string; options?: object[]; current?: object }[] };
  annotations?: { list: { name: string; expr?: string }[] };
  panels: { title: string; targets?: { expr: string }[] }[];
}
