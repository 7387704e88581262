import type { Builder } from "@grafana/grafana-foundation-sdk/cog";
import type { DashboardLink } from "@grafana/grafana-foundation-sdk/dashboard";

/** A link from a value. */
export interface DataLink {
  readonly title: string;
  readonly url: string;
  readonly targetBlank?: boolean;
}

/** The variable that says where traces are searched. */
export const tracesVariable = "traces_url";

/** What the reader chose, which a link to another dashboard keeps. */
const scope = [
  "datasource",
  "cluster",
  "namespace",
  "job",
  "instance",
  "model",
  "ttft_slo",
  "tpot_slo",
  tracesVariable,
];

/**
 * The way to a dashboard, with the scope and the time that the reader sees. Each label of `narrowed` becomes the value in the table's line
 * that was clicked.
 *
 * @example
 * toDashboard("llm-dashboard", "This model", "model");
 */
export function toDashboard(
  uid: string,
  title: string,
  ...narrowed: readonly ("job" | "instance" | "model")[]
): DataLink {
  const kept = scope.filter((name) => !(narrowed as readonly string[]).includes(name));
  const variables = kept.map((name) => `\${${name}:queryparam}`);
  const chosen = narrowed.map((name) => `var-${name}=\${__data.fields.${name}}`);
  return { title, url: `/d/${uid}?${[...chosen, ...variables, `\${__url_time_range}`].join("&")}` };
}

/** The id of the table of models: the only one that a link names, so it stays the same when panels are added. */
export const modelTableId = 1000;

/** From a tile of the worst model to the table that says which it is. */
export const toModels: DataLink = (() => {
  const { url } = toDashboard("llm-dashboard", "");
  return { title: "Which model it is", url: `${url}&viewPanel=${modelTableId}` };
})();

/** The traces of the visible time, in Jaeger's search; which service is for the reader to choose there. Its times are microseconds. */
export const toTraces: DataLink = {
  title: "Traces of this time",
  url: `\${${tracesVariable}:raw}/search?lookback=custom&start=\${__from}000&end=\${__to}000`,
  targetBlank: true,
};

/** The SDK's links are a dashboard's, with fields that a link from a value has not. */
export const built = (link: DataLink): Builder<DashboardLink> => ({ build: () => link as unknown as DashboardLink });
