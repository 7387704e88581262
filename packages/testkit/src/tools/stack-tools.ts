import { stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { buildGoProgram, type GoProgram } from "../jaeger/go-program.ts";
import { runToEnd, startProcess } from "../process/running-process.ts";
import { debianPackages } from "./apt.ts";
import { toolFolder } from "./tools-folder.ts";

/** What judges the files around the dashboards. Each member is the path of a program. */
export interface AlertmanagerTool {
  readonly amtool: string;
}

/** Debian's Alertmanager; its programs need none of the package's dependencies. */
export async function findAlertmanager(): Promise<AlertmanagerTool> {
  const root = await debianPackages("alertmanager", ["prometheus-alertmanager"]);
  return { amtool: join(root, "usr/bin/amtool") };
}

export interface KustomizeTool {
  /** The command that takes a folder and writes what it stands for. */
  readonly kustomize: readonly [command: string, ...args: string[]];
}

const KUSTOMIZE: GoProgram = { module: "sigs.k8s.io/kustomize/kustomize/v5", version: "v5.5.0", main: "." };

/** kubectl's, as users have it; else kustomize, built by Go. */
export async function findKustomize(): Promise<KustomizeTool> {
  const kubectl = await runToEnd("kubectl", ["kustomize", "--help"]).catch(() => undefined);
  if (kubectl?.code === 0) return { kustomize: ["kubectl", "kustomize"] };
  return { kustomize: [await goProgram("kustomize", KUSTOMIZE), "build"] };
}

export interface KubeconformTool {
  readonly kubeconform: string;
  /** The folder of the Prometheus operator's definitions of its kinds. */
  readonly prometheusOperator: string;
  /** The folder of KEDA's. */
  readonly keda: string;
}

const KUBECONFORM: GoProgram = { module: "github.com/yannh/kubeconform", version: "v0.8.0", main: "cmd/kubeconform" };

/** Go builds it, and downloads the modules that hold the custom kinds. */
export async function findKubeconform(): Promise<KubeconformTool> {
  const kubeconform = await goProgram("kubeconform", KUBECONFORM);
  const operator = await goModule("github.com/prometheus-operator/prometheus-operator@v0.85.0");
  const keda = await goModule("github.com/kedacore/keda/v2@v2.17.2");
  return {
    kubeconform,
    prometheusOperator: join(operator, "example/prometheus-operator-crd"),
    keda: join(keda, "config/crd/bases"),
  };
}

export interface KubernetesValidateTool {
  /** The folder that Python is to look for `kubernetes_validate` in. */
  readonly pythonPath: string;
}

const KUBERNETES_VALIDATE = "1.37.0";

/** The schemas of Kubernetes's own kinds, with a validator; pip puts it and what it needs into a folder of ours. */
export async function findKubernetesValidate(): Promise<KubernetesValidateTool> {
  const pythonPath = await toolFolder(`kubernetes-validate-${KUBERNETES_VALIDATE}`, async (draft) => {
    const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary", ":all:"];
    const args = [...pip, "--target", draft, `kubernetes-validate==${KUBERNETES_VALIDATE}`];
    const { code, stderr } = await runToEnd("python3", args, { timeoutMs: 300_000 }).catch((error: unknown) => {
      throw new Error("python3 is not on this machine", { cause: error });
    });
    if (code !== 0) throw new Error(`pip cannot install it: ${stderr.trim().split("\n").at(-1)}`);
  });
  return { pythonPath };
}

export interface CollectorTool {
  readonly otelcol: string;
}

/** The release of the image in compose.collector.yaml, and of the modules that the Collector's core has beside it. */
const COLLECTOR = { components: "v0.151.0", providers: "v1.57.0" };
const BUILDER: GoProgram = {
  module: "go.opentelemetry.io/collector/cmd/builder",
  version: COLLECTOR.components,
  main: ".",
};

/** An OpenTelemetry Collector with what our configuration names, made by its builder: the contrib release has two hundred parts more. */
export async function findCollector(): Promise<CollectorTool> {
  const builder = await goProgram("otelcol-builder", BUILDER);
  const folder = await toolFolder(`otelcol-${COLLECTOR.components}`, async (draft) => {
    const manifest = join(draft, "manifest.json");
    await writeFile(manifest, JSON.stringify(collectorManifest(join(draft, "sources"))));
    const env = { GOWORK: "off", CGO_ENABLED: "0" };
    const building = await startProcess(builder, ["--config", manifest], { env });
    const { code } = await building.exit;
    if (code !== 0) throw new Error(`the Collector's builder failed: ${building.stderr.slice(-3).join(" ")}`);
  });
  return { otelcol: join(folder, "sources/otelcol") };
}

/** JSON, which the builder reads because it is YAML too. */
function collectorManifest(output_path: string) {
  const core = (path: string) => ({ gomod: `go.opentelemetry.io/collector/${path} ${COLLECTOR.components}` });
  const provider = (name: string) => ({
    gomod: `go.opentelemetry.io/collector/confmap/provider/${name} ${COLLECTOR.providers}`,
  });
  const contrib = "github.com/open-telemetry/opentelemetry-collector-contrib";
  return {
    dist: { name: "otelcol", module: "example.org/otelcol", output_path },
    receivers: [core("receiver/otlpreceiver")],
    processors: [
      core("processor/memorylimiterprocessor"),
      core("processor/batchprocessor"),
      { gomod: `${contrib}/processor/tailsamplingprocessor ${COLLECTOR.components}` },
    ],
    exporters: [core("exporter/otlphttpexporter")],
    providers: [provider("envprovider"), provider("fileprovider"), provider("yamlprovider")],
  };
}

export interface VictoriaMetricsTool {
  readonly victoriaMetrics: string;
  readonly vmalertTool: string;
}

const VICTORIA_METRICS = { module: "github.com/VictoriaMetrics/VictoriaMetrics", version: "v1.151.0" };

/** Two of VictoriaMetrics's programs, built by Go. */
export async function findVictoriaMetrics(): Promise<VictoriaMetricsTool> {
  return {
    vmalertTool: await goProgram("vmalert-tool", { ...VICTORIA_METRICS, main: "app/vmalert-tool" }),
    victoriaMetrics: await goProgram("victoria-metrics", { ...VICTORIA_METRICS, main: "app/victoria-metrics" }),
  };
}

export interface PercliTool {
  readonly percli: string;
}

const PERCLI: GoProgram = { module: "github.com/perses/perses", version: "v0.53.1", main: "cmd/percli" };

/** Perses's command, which judges and applies its dashboards; built by Go. */
export async function findPercli(): Promise<PercliTool> {
  return { percli: await goProgram("percli", PERCLI) };
}

/** Built once, and kept in the tools' folder. @returns the program's path */
async function goProgram(name: string, program: GoProgram): Promise<string> {
  const folder = await toolFolder(`${name}-${program.version}`, async (draft) => {
    const say = (line: string) => void process.stderr.write(`\n${name}: ${line}\n`);
    const file = join(draft, name);
    await buildGoProgram(program, file, say);
    say(`built, ${Math.round((await stat(file)).size / 1e6)} MB`);
  });
  return join(folder, name);
}

/** @returns the folder of a module that Go downloads */
async function goModule(module: string): Promise<string> {
  const args = ["mod", "download", "-json", module];
  const { code, stdout } = await runToEnd("go", args, { env: { GOWORK: "off" } }).catch((error: unknown) => {
    throw new Error("go is not on this machine", { cause: error });
  });
  const { Dir } = (code === 0 ? JSON.parse(stdout) : {}) as { readonly Dir?: string };
  if (Dir === undefined) throw new Error(`go cannot download ${module}`);
  return Dir;
}
