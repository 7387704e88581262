import { existsSync } from "node:fs";
import { mkdir, readdir, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { buildGoProgram, type GoProgram } from "../jaeger/go-program.ts";
import { runToEnd } from "../process/running-process.ts";
import { debianPackages, debianPackagesWithNeeds } from "./apt.ts";
import {
  type AlertmanagerTool,
  type CollectorTool,
  findAlertmanager,
  findCollector,
  findKubeconform,
  findKubernetesValidate,
  findKustomize,
  findPercli,
  findVictoriaMetrics,
  type KubeconformTool,
  type KubernetesValidateTool,
  type KustomizeTool,
  type PercliTool,
  type VictoriaMetricsTool,
} from "./stack-tools.ts";
import { toolFolder } from "./tools-folder.ts";

export interface ChromiumTool {
  readonly executablePath: string;
  /** To be laid over the browser's environment. */
  readonly env: Record<string, string>;
}

const INSTALLED = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** `CHROMIUM_PATH`, else an installed one, else Debian's (about 125 MB with a font and the libraries that lack here). */
export async function findChromium(): Promise<ChromiumTool> {
  const named = process.env["CHROMIUM_PATH"];
  if (named !== undefined && !existsSync(named)) throw new Error(`CHROMIUM_PATH names no file: ${named}`);
  const installed = named ?? INSTALLED.find((path) => existsSync(path));
  if (installed !== undefined) return { executablePath: installed, env: {} };
  const root = await debianPackagesWithNeeds("chromium", ["chromium", "fonts-dejavu-core"]);
  return {
    executablePath: join(root, "usr/lib/chromium/chromium"),
    env: { LD_LIBRARY_PATH: await libraryPath(root), FONTCONFIG_FILE: await fontConfiguration(root) },
  };
}

/**
 * Every folder of libraries in the unpacked root. Some packages keep libraries of their own one level deeper
 * (`pulseaudio`), and find them by absolute paths that do not hold here.
 */
async function libraryPath(root: string): Promise<string> {
  const libraries = await readdir(join(root, "usr/lib"), { recursive: true });
  const folders = libraries.filter((path) => /-linux-gnu\/([^/]+\/)?[^/]+\.so\b/.test(path)).map(dirname);
  return [...new Set(folders)].map((folder) => join(root, "usr/lib", folder)).join(":");
}

/** fontconfig's own configuration names only the machine's fonts, and may be absent. */
async function fontConfiguration(root: string): Promise<string> {
  const cache = join(root, "var/cache/fontconfig");
  await mkdir(cache, { recursive: true });
  const folders = [join(root, "usr/share/fonts"), "/usr/share/fonts"].map((folder) => `<dir>${folder}</dir>`);
  const file = join(root, "fonts.conf");
  await writeFile(file, `<fontconfig>${folders.join("")}<cachedir>${cache}</cachedir></fontconfig>\n`);
  return file;
}

export interface JaegerTool {
  /** Path of the program. */
  readonly jaeger: string;
}

/** Jaeger 2.13: its module is still tagged by the count of the first major version. */
const JAEGER: GoProgram = { module: "github.com/jaegertracing/jaeger", version: "v1.76.0", main: "cmd/jaeger" };

/** Jaeger as one program, built by the machine's Go. The module has no files for the pages: the API is whole, the front end a placeholder. */
export async function findJaeger(): Promise<JaegerTool> {
  const folder = await toolFolder(`jaeger-${JAEGER.version}`, async (draft) => {
    const began = Date.now();
    const file = join(draft, "jaeger");
    await buildGoProgram(JAEGER, file, say);
    const { size } = await stat(file);
    say(`built in ${Math.round((Date.now() - began) / 1000)} s, ${Math.round(size / 1e6)} MB`);
  });
  return { jaeger: join(folder, "jaeger") };
}

function say(line: string): void {
  process.stderr.write(`\nJaeger: ${line}\n`);
}

export interface OpenMetricsParserTool {
  /** The folder that Python is to look for `prometheus_client` in. */
  readonly pythonPath: string;
}

/** Debian's `prometheus_client`, the reference parser of OpenMetrics, and what it imports; for any python3 on the path. */
export async function findOpenMetricsParser(): Promise<OpenMetricsParserTool> {
  const root = await debianPackages("openmetrics-parser", ["python3-prometheus-client", "python3-decorator"]);
  const pythonPath = join(root, "usr/lib/python3/dist-packages");
  const trial = "import sys; sys.path.insert(0, sys.argv[1]); import prometheus_client.openmetrics.parser";
  await python(["-I", "-B", "-c", trial, pythonPath], "python3 cannot load prometheus_client");
  return { pythonPath };
}

export interface PrometheusTool {
  /** Paths of the two programs. */
  readonly prometheus: string;
  readonly promtool: string;
}

/** Debian's Prometheus; its programs need none of the package's dependencies. */
export async function findPrometheus(): Promise<PrometheusTool> {
  const root = await debianPackages("prometheus", ["prometheus"]);
  return { prometheus: join(root, "usr/bin/prometheus"), promtool: join(root, "usr/bin/promtool") };
}

export interface LlamaServerTool {
  /** The folder that Python is to look for `xllamacpp` in. */
  readonly pythonPath: string;
}

/** The wheel that has llama-server's HTTP code, of llama.cpp's build 11549. */
const XLLAMACPP = "2026.10.11549";

/** Nothing is installed: pip unpacks the wheel (34 MB, unpacked 102 MB) into a folder of ours. */
export async function findLlamaServer(): Promise<LlamaServerTool> {
  const pythonPath = await toolFolder(`xllamacpp-${XLLAMACPP}`, (draft) =>
    pipInstall(`xllamacpp==${XLLAMACPP}`, draft),
  );
  await python(["-c", "import xllamacpp"], "python3 cannot load xllamacpp", { PYTHONPATH: pythonPath });
  return { pythonPath };
}

const PIP = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"];

async function pipInstall(wheel: string, folder: string): Promise<void> {
  await python([...PIP, "--target", folder, wheel], `pip cannot install ${wheel}`);
}

/** @param failure what it means that Python fails; its last line is added */
async function python(args: readonly string[], failure: string, env: Record<string, string> = {}): Promise<void> {
  const { code, stderr } = await runToEnd("python3", args, { env, timeoutMs: 170_000 }).catch((error: unknown) => {
    throw new Error("python3 is not on this machine", { cause: error });
  });
  if (code !== 0) throw new Error(`${failure}: ${lastLine(stderr)}`);
}

const lastLine = (text: string) => text.trim().split("\n").at(-1);

export interface Tools {
  "llama-server": LlamaServerTool;
  prometheus: PrometheusTool;
  "openmetrics-parser": OpenMetricsParserTool;
  chromium: ChromiumTool;
  jaeger: JaegerTool;
  alertmanager: AlertmanagerTool;
  kustomize: KustomizeTool;
  kubeconform: KubeconformTool;
  "kubernetes-validate": KubernetesValidateTool;
  collector: CollectorTool;
  "victoria-metrics": VictoriaMetricsTool;
  percli: PercliTool;
}

export type ToolName = keyof Tools;

export type ToolResult<Tool> =
  | ({ readonly available: true } & Tool)
  | { readonly available: false; readonly reason: string };

const finders: { [Name in ToolName]: () => Promise<Tools[Name]> } = {
  "llama-server": findLlamaServer,
  prometheus: findPrometheus,
  "openmetrics-parser": findOpenMetricsParser,
  chromium: findChromium,
  jaeger: findJaeger,
  alertmanager: findAlertmanager,
  kustomize: findKustomize,
  kubeconform: findKubeconform,
  "kubernetes-validate": findKubernetesValidate,
  collector: findCollector,
  "victoria-metrics": findVictoriaMetrics,
  percli: findPercli,
};

const fetched = new Map<ToolName, unknown>();

/** A program that is no npm package, fetched once into the tools' folder; or the reason why it cannot be had here. */
export function fetchTool<Name extends ToolName>(name: Name): Promise<ToolResult<Tools[Name]>> {
  if (!fetched.has(name)) fetched.set(name, attempt(finders[name]));
  return fetched.get(name) as Promise<ToolResult<Tools[Name]>>;
}

/** The same for who cannot do without: throws the reason. */
export async function needTool<Name extends ToolName>(name: Name): Promise<Tools[Name]> {
  const result = await fetchTool(name);
  if (!result.available) throw new Error(`${name} cannot be had here: ${result.reason}`);
  return result;
}

async function attempt<Tool>(find: () => Promise<Tool>): Promise<ToolResult<Tool>> {
  try {
    return { available: true, ...(await find()) };
  } catch (error) {
    return { available: false, reason: error instanceof Error ? error.message : String(error) };
  }
}
