import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { needTool, runToEnd } from "@aiwatch/testkit";
import { parse, parseAllDocuments, stringify } from "yaml";

const packageRoot = fileURLToPath(new URL("../..", import.meta.url));

/** An object of Kubernetes. */
export interface Manifest {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly data?: Readonly<Record<string, string>>;
  // biome-ignore lint/suspicious/noExplicitAny: each kind has its own
  readonly spec?: any;
}

/** What kustomize makes of a folder of this package. */
export async function render(folder: string): Promise<Manifest[]> {
  const { kustomize } = await needTool("kustomize");
  const [command, ...args] = kustomize;
  const { code, stdout, stderr } = await runToEnd(command, [...args, join(packageRoot, folder)]);
  if (code !== 0) throw new Error(`kustomize refuses ${folder}: ${stderr}`);
  return parseAllDocuments(stdout).map((document) => document.toJS() as Manifest);
}

type Schema = { readonly [key: string]: unknown };

/** The operator refuses no unknown field, it drops them: a slip of the pen is to be seen here. */
function strict(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(strict);
  if (typeof schema !== "object" || schema === null) return schema;
  const entries = Object.entries(schema as Schema).map(([key, value]) => [key, strict(value)]);
  const closes = "properties" in schema && !("additionalProperties" in schema);
  return Object.fromEntries(closes ? [...entries, ["additionalProperties", false]] : entries);
}

interface Definition {
  readonly spec: {
    readonly names: { readonly kind: string };
    readonly versions: readonly { readonly name: string; readonly schema: { readonly openAPIV3Schema: Schema } }[];
  };
}

/** Writes the schemas of the custom kinds in a folder of definitions to where kubeconform looks for them. */
async function writeSchemas(definitions: string, into: string): Promise<void> {
  for (const file of await readdir(definitions)) {
    const { spec } = parse(await readFile(join(definitions, file), "utf8")) as Definition;
    for (const { name, schema } of spec?.versions ?? []) {
      const { properties, ...rest } = strict(schema.openAPIV3Schema) as { properties: Schema };
      // what every object has, the definition leaves to Kubernetes
      const whole = { ...rest, properties: { ...properties, metadata: { type: "object" } } };
      await writeFile(join(into, `${spec.names.kind.toLowerCase()}_${name}.json`), JSON.stringify(whole));
    }
  }
}

/** Whether objects of custom kinds are as the Prometheus operator and KEDA define them; the complaints, by kind and name. */
export async function kubeconform(manifests: readonly Manifest[]): Promise<{ checked: number; complaints: string[] }> {
  const { kubeconform, prometheusOperator, keda } = await needTool("kubeconform");
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-schemas-"));
  try {
    for (const definitions of [prometheusOperator, keda]) await writeSchemas(definitions, folder);
    const schemas = `${folder}/{{.ResourceKind}}_{{.ResourceAPIVersion}}.json`;
    const args = ["-output", "json", "-summary", "-verbose", "-schema-location", schemas];
    const { stdout } = await runToEnd(kubeconform, args, {
      stdin: manifests.map((each) => stringify(each)).join("---\n"),
    });
    const { resources } = JSON.parse(stdout) as {
      resources: { kind: string; name: string; status: string; msg: string }[];
    };
    const wrong = resources.filter(({ status }) => status !== "statusValid");
    return { checked: resources.length, complaints: wrong.map(({ kind, name, msg }) => `${kind} ${name}: ${msg}`) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

const validate = `
import json, sys, kubernetes_validate
for manifest in json.load(sys.stdin):
    try:
        kubernetes_validate.validate(manifest, "1.33", strict=True)
    except kubernetes_validate.ValidationError as error:
        print(f"{manifest['kind']} {manifest['metadata']['name']}: {error.message}")
`;

/** Complaints about objects of Kubernetes's own kinds. */
export async function validateCore(manifests: readonly Manifest[]): Promise<string[]> {
  const { pythonPath } = await needTool("kubernetes-validate");
  const env = { PYTHONPATH: pythonPath };
  const { code, stdout, stderr } = await runToEnd("python3", ["-c", validate], {
    env,
    stdin: JSON.stringify(manifests),
  });
  if (code !== 0) throw new Error(`kubernetes-validate failed: ${stderr}`);
  return stdout
    .trim()
    .split("\n")
    .filter((line) => line !== "");
}
