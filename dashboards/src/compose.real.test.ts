import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { beforeAll, describe, expect, it, onTestFinished, type TestContext } from "vitest";
import { parse } from "yaml";
import { type ComposeChoice, type ComposeParser, findComposeParser } from "./test-support/compose-parser.ts";

interface Service {
  readonly image: string;
  readonly command?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>>;
  readonly ports?: readonly { readonly host_ip: string; readonly published: string; readonly target: number }[];
  readonly volumes?: readonly { readonly type: string; readonly source: string; readonly target: string }[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly healthcheck?: { readonly test: readonly string[] };
  readonly restart?: string;
}

interface Project {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
}

let parser: ComposeParser | undefined;
/** By the choice: a parser takes a second, and says the same each time. */
const outcomes = new Map<string, ReturnType<ComposeParser>>();
beforeAll(async () => {
  parser = await findComposeParser(runToEnd);
});

/** The parsed file. Without a parser the test is skipped loudly; where `CI` is set it fails. */
async function parsed({ skip }: TestContext, choice: ComposeChoice = {}): Promise<Project> {
  if (parser === undefined) {
    const message = "the Compose files were not parsed: neither `docker compose` nor Go is to be had here";
    if (!["", "0", "false", undefined].includes(process.env["CI"])) throw new Error(message);
    process.stderr.write(`\nNOT CHECKED  ${message}\n`);
    return skip(message);
  }
  const key = JSON.stringify(choice);
  const once = outcomes.get(key) ?? parser(choice);
  outcomes.set(key, once);
  const { code, stdout, stderr } = await once;
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Project;
}

const root = fileURLToPath(new URL("..", import.meta.url));

/** The published ports, by service. */
function portsOf({ services }: Project): Record<string, number[]> {
  const published = Object.entries(services).map(([name, { ports = [] }]) => {
    expect(new Set(ports.map(({ host_ip }) => host_ip)), name).toEqual(new Set(ports.length > 0 ? ["127.0.0.1"] : []));
    return [name, ports.map((port) => Number(port.published))];
  });
  return Object.fromEntries(published);
}

const pinned = /^[\w/-]+:v?\d+\.\d+\.\d+(-bookworm)?$/;

describe("compose.yaml, read by a Compose parser", () => {
  it("opens the original's ports, and Alertmanager's, to this host alone", async (context) => {
    expect(portsOf(await parsed(context))).toEqual({
      prometheus: [9091],
      alertmanager: [9093],
      grafana: [3001],
      jaeger: [16686, 4317, 4318],
    });
  });

  it("has Prometheus keep exemplars, and read the rules where its configuration looks for them", async (context) => {
    const { prometheus } = (await parsed(context)).services;
    expect(prometheus?.command).toContain("--enable-feature=exemplar-storage");
    const mounts = prometheus?.volumes?.map(({ source, target }) => [source.replace(root, ""), target]);
    expect(mounts).toEqual(expect.arrayContaining([["prometheus", "/etc/prometheus"]]));
    const configured = prometheus?.command?.find((flag) => flag.startsWith("--config.file="));
    expect(configured).toBe("--config.file=/etc/prometheus/prometheus.yml");
  });

  it("bounds what Prometheus keeps by time and by size, and lets nobody stop it over HTTP", async (context) => {
    const { command = [] } = (await parsed(context)).services["prometheus"] ?? {};
    expect(command).toEqual(
      expect.arrayContaining(["--storage.tsdb.retention.time=15d", "--storage.tsdb.retention.size=8GB"]),
    );
    expect(command.filter((flag) => flag.startsWith("--web."))).toEqual([]);
  });

  it("mounts folders and no single file: what an editor replaces would stay the old one in the container", async (context) => {
    const files = ["compose.yaml", "compose.demo.yaml", "compose.collector.yaml"];
    const { services } = await parsed(context, { files });
    const mounts = Object.values(services).flatMap(({ volumes = [] }) => volumes);
    const sources = mounts.filter(({ type }) => type === "bind").map(({ source }) => source);
    expect(sources).toEqual(expect.arrayContaining(["prometheus", "collector", "demo"].map((name) => root + name)));
    for (const source of sources) expect((await stat(source)).isDirectory(), source).toBe(true);
  });

  it("pins its images, checks their health and starts them again", async (context) => {
    const { services } = await parsed(context);
    for (const [name, { image, healthcheck, restart }] of Object.entries(services)) {
      expect(image, name).toMatch(pinned);
      expect(healthcheck?.test[0], name).toBe("CMD");
      expect(restart, name).toBe("unless-stopped");
    }
  });

  it("mounts files that this package has, and keeps data in named volumes", async (context) => {
    const { services, volumes } = await parsed(context);
    expect(Object.keys(volumes).toSorted()).toEqual(["alertmanager-data", "grafana-data", "prometheus-data"]);
    const mounts = Object.values(services).flatMap((service) => service.volumes ?? []);
    const sources = mounts.filter(({ type }) => type === "bind").map(({ source }) => source);
    const manifest = await readFile(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8");
    const { files } = JSON.parse(manifest) as { files: string[] };
    expect(sources).toHaveLength(5);
    for (const source of sources) expect(files).toContain(source.slice(root.length).split("/")[0]);
  });

  it("takes Grafana's administrator from the environment, else admin/admin", async (context) => {
    const usual = (await parsed(context)).services["grafana"]?.environment;
    expect(usual).toMatchObject({ GF_SECURITY_ADMIN_USER: "admin", GF_SECURITY_ADMIN_PASSWORD: "admin" });
    const written = (await parsed(context, { variables: "as written" })).services["grafana"]?.environment;
    expect(written).toMatchObject({
      GF_SECURITY_ADMIN_USER: `\${GF_SECURITY_ADMIN_USER:-admin}`,
      GF_SECURITY_ADMIN_PASSWORD: `\${GF_SECURITY_ADMIN_PASSWORD:-admin}`,
    });
  });
});

it("a Compose parser refuses a wrong key: the tests above can fail", async (context) => {
  await parsed(context);
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-compose-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const text = await readFile(`${root}compose.yaml`, "utf8");
  await writeFile(join(folder, "compose.yaml"), text.replace("healthcheck:", "healthchek:"));
  const { code, stderr } = (await parser?.({ cwd: folder })) ?? { code: 0, stderr: "" };
  expect(code).not.toBe(0);
  expect(stderr).toContain("healthchek");
});

describe("compose.demo.yaml over it", () => {
  const files = ["compose.yaml", "compose.demo.yaml"];

  it("adds the demo and its readers, and takes nothing away", async (context) => {
    const [alone, project] = [await parsed(context), await parsed(context, { files })];
    expect(portsOf(project)).toEqual({ ...portsOf(alone), demo: [8080], readers: [] });
    expect(project.services["demo"]?.image).toMatch(pinned);
    expect(project.services["readers"]?.image).toBe(project.services["demo"]?.image);
    expect(project.services["readers"]?.depends_on).toMatchObject({ demo: { condition: "service_healthy" } });
  });

  it("reads the clone and never writes it", async (context) => {
    const mounts = (await parsed(context, { files })).services["demo"]?.volumes ?? [];
    const [clone, ...rest] = mounts.filter(({ type }) => type === "bind");
    expect(clone).toMatchObject({ source: dirname(root), read_only: true });
    expect(rest).toEqual([]);
    expect(mounts.filter(({ type }) => type === "volume").map(({ target }) => target)).toContain("/app/node_modules");
  });

  it("has the demo listen where containers reach it, and send its traces to Jaeger", async (context) => {
    const { demo } = (await parsed(context, { files })).services;
    expect(demo?.environment).toMatchObject({ HOST: "0.0.0.0", OTLP_ENDPOINT: "jaeger:4318" });
  });

  it("has Prometheus scrape the demo by its service's name, and all else be as without it", async (context) => {
    const { services } = await parsed(context, { files });
    const flags = services["prometheus"]?.command ?? [];
    const alone = (await parsed(context)).services["prometheus"]?.command;
    expect(flags).toContain("--config.file=/etc/prometheus/prometheus.demo.yml");
    expect(flags.map((flag) => flag.replace("prometheus.demo.yml", "prometheus.yml"))).toEqual(alone);
    const [usual, demo] = await Promise.all(
      ["prometheus.yml", "prometheus.demo.yml"].map(async (file) =>
        parse(await readFile(`${root}prometheus/${file}`, "utf8")),
      ),
    );
    expect(demo.scrape_configs[0].static_configs[0].targets).toEqual(["demo:8080"]);
    demo.scrape_configs[0].static_configs = usual.scrape_configs[0].static_configs;
    expect(demo).toEqual(usual);
  });
});

describe("compose.collector.yaml over it", () => {
  const files = ["compose.yaml", "compose.collector.yaml"];

  it("gives the Collector Jaeger's ports for traces, so that apps need no other address", async (context) => {
    const project = await parsed(context, { files });
    expect(portsOf(project)).toMatchObject({ jaeger: [16686], collector: [4317, 4318] });
    expect(project.services["collector"]?.image).toMatch(pinned);
    expect(project.services["jaeger"]?.image).toBe((await parsed(context)).services["jaeger"]?.image);
  });

  it("goes with the demo, too", async (context) => {
    const project = await parsed(context, { files: ["compose.yaml", "compose.demo.yaml", "compose.collector.yaml"] });
    expect(Object.keys(project.services)).toEqual(expect.arrayContaining(["collector", "demo", "readers"]));
  });
});
