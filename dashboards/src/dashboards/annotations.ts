import { catalogue } from "@aiwatch/core";
import { AnnotationQueryBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { datasource } from "../panels/queries.ts";
import { alerts, chosen, perSecond } from "../promql/panel-queries.ts";
import { select } from "../promql/select.ts";
import { countBy } from "../promql/vector.ts";

/** Grafana's own list, which a dashboard has to name: what people noted. */
const notes = () =>
  new AnnotationQueryBuilder()
    .name("Annotations & Alerts")
    .type("dashboard")
    .datasource({ type: "grafana", uid: "-- Grafana --" })
    .builtIn(1)
    .enable(true)
    .hide(true)
    .iconColor("rgba(0, 211, 255, 1)");

const marked = (name: string, expr: string, color: string) =>
  new AnnotationQueryBuilder().name(name).datasource(datasource).expr(expr).step("30s").enable(true).iconColor(color);

/** One step earlier. What is true at neighbouring steps, Grafana draws as one band over every panel. */
const stepBefore = "offset $__interval";

/** Builds that were not there a step before: a line where a release begins, or its return. */
function deploys(): AnnotationQueryBuilder {
  const builds = countBy(select(catalogue.buildInfo, { scope: chosen }), "version", "node", "engine").promql;
  const before = builds.replace("})", `} ${stepBefore})`);
  return marked("Deploys", `${builds} unless ${before}`, "blue")
    .titleFormat("Deploy")
    .textFormat("AIWatch {{version}}, Node.js {{node}}, {{engine}}");
}

/**
 * Processes that began anew: AIWatch counts its own scrapes, so that this counter grows in an idle process too, and falls when its process is
 * another. One line a job and a rollout, not one for each of its processes.
 */
function starts(): AnnotationQueryBuilder {
  const resets = perSecond(catalogue.httpRequests).promql.replace("rate(", "resets(");
  const before = resets.replace("])", `] ${stepBefore})`);
  return marked("Restarts", `sum by (job) (${resets}) > 0 unless sum by (job) (${before}) > 0`, "purple")
    .titleFormat("Restart")
    .textFormat("{{job}}");
}

/** Off until somebody switches it on: an incident has many, and each is a band for as long as it fires. */
const firing = () =>
  marked("Alerts", alerts().promql.replace("{", `{alertstate="firing", `), "red")
    .titleFormat("{{alertname}}")
    .textFormat("{{slo}} {{model}} {{instance}}")
    .tagKeys("severity")
    .enable(false);

/** What is marked on every panel: notes, deploys, restarts, alerts. */
export const annotations = () => [notes(), deploys(), starts(), firing()];
