import { fileURLToPath } from "node:url";
import type { RenderedDashboard } from "../render.ts";
import { rulesFor, rulesYaml } from "../rules/index.ts";

/** A file that is made from others, as it is committed. */
export interface Manifest {
  readonly path: string;
  readonly text: string;
}

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

const madeBy = "# Made by `npm run generate --workspace dashboards`: change what it is made from.";

/** The rules that Prometheus loads from a file, as the operator takes them. The text is moved in as it stands, comments and all. */
export function prometheusRule(rules: string): Manifest {
  const head = `${madeBy}
apiVersion: monitoring.coreos.com/v1
kind: PrometheusRule
metadata:
  name: aiwatch
  labels:
    # kube-prometheus-stack's Prometheus takes what has the label of its release; another one may want another label, or none
    release: kube-prometheus-stack
spec:
`;
  return { path: at("kubernetes/prometheusrule.yaml"), text: head + rules.replaceAll(/^(?=.)/gm, "  ") };
}

const mapName = (file: string) => `aiwatch-${file.replace(/^aiwatch-|\.json$/g, "")}`;

/** A ConfigMap for each dashboard. */
export function dashboardMaps(dashboards: readonly RenderedDashboard[]): Manifest {
  const generators = dashboards.map(({ file }) => `  - name: ${mapName(file)}\n    files: [dashboards/${file}]\n`);
  const text = `${madeBy}
# One ConfigMap for each board: all in one would be over the 262,144 bytes that \`kubectl apply\` may write into an annotation.
# Grafana's sidecar finds them by their label, and puts them into the folder that the annotation names.
apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
configMapGenerator:
${generators.join("")}generatorOptions:
  disableNameSuffixHash: true
  labels:
    grafana_dashboard: "1"
  annotations:
    grafana_folder: AIWatch
`;
  return { path: at("grafana/kustomization.yaml"), text };
}

/** The operator gives each target its namespace, and a job there is a service's name: several namespaces have one of the same name. */
export const keptInKubernetes = ["namespace"] as const;

/** Every manifest that is made from others. */
export function manifestsOf(dashboards: readonly RenderedDashboard[]): Manifest[] {
  return [prometheusRule(rulesYaml(rulesFor({ by: keptInKubernetes }))), dashboardMaps(dashboards)];
}
