import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { beforeAll, describe, expect, it, type TestContext } from "vitest";
import { type ComposeParser, findComposeParser } from "./test-support/compose-parser.ts";

interface Service {
  readonly image: string;
  readonly ports: readonly { readonly host_ip: string; readonly published: string; readonly target: number }[];
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
beforeAll(async () => {
  parser = await findComposeParser(runToEnd);
});

/** The parsed file. Without a parser the test is skipped loudly; where `CI` is set it fails. */
async function parsed({ skip }: TestContext, variables: Parameters<ComposeParser>[0] = "filled in"): Promise<Project> {
  if (parser === undefined) {
    const message = "compose.yaml was not parsed: neither `docker compose` nor Go is to be had here";
    if (!["", "0", "false", undefined].includes(process.env["CI"])) throw new Error(message);
    process.stderr.write(`\nNOT CHECKED  ${message}\n`);
    return skip(message);
  }
  const { code, stdout, stderr } = await parser(variables);
  expect(code, stderr).toBe(0);
  return JSON.parse(stdout) as Project;
}

describe("compose.yaml, read by a Compose parser", () => {
  it("opens the original's ports, to this host alone", async (context) => {
    const { services } = await parsed(context);
    const ports = Object.values(services).flatMap((service) => service.ports);
    expect(ports.map(({ published }) => Number(published)).toSorted((a, b) => a - b)).toEqual([
      3001, 4317, 4318, 9091, 16686,
    ]);
    expect(new Set(ports.map(({ host_ip }) => host_ip))).toEqual(new Set(["127.0.0.1"]));
  });

  it("pins its images, checks their health and starts them again", async (context) => {
    const { services } = await parsed(context);
    for (const [name, { image, healthcheck, restart }] of Object.entries(services)) {
      expect(image, name).toMatch(/^[\w/]+:v?\d+\.\d+\.\d+$/);
      expect(healthcheck?.test[0], name).toBe("CMD");
      expect(restart, name).toBe("unless-stopped");
    }
  });

  it("mounts files that this package has, and keeps data in named volumes", async (context) => {
    const { services, volumes } = await parsed(context);
    expect(Object.keys(volumes).toSorted()).toEqual(["grafana-data", "prometheus-data"]);
    const mounts = Object.values(services).flatMap((service) => service.volumes ?? []);
    const sources = mounts.filter(({ type }) => type === "bind").map(({ source }) => source);
    const manifest = await readFile(fileURLToPath(new URL("../package.json", import.meta.url)), "utf8");
    const { files } = JSON.parse(manifest) as { files: string[] };
    const root = fileURLToPath(new URL("..", import.meta.url));
    expect(sources).toHaveLength(4);
    for (const source of sources) expect(files).toContain(source.slice(root.length).split("/")[0]);
  });

  it("takes Grafana's administrator from the environment, else admin/admin", async (context) => {
    const usual = (await parsed(context)).services["grafana"]?.environment;
    expect(usual).toMatchObject({ GF_SECURITY_ADMIN_USER: "admin", GF_SECURITY_ADMIN_PASSWORD: "admin" });
    const written = (await parsed(context, "as written")).services["grafana"]?.environment;
    expect(written).toMatchObject({
      GF_SECURITY_ADMIN_USER: `\${GF_SECURITY_ADMIN_USER:-admin}`,
      GF_SECURITY_ADMIN_PASSWORD: `\${GF_SECURITY_ADMIN_PASSWORD:-admin}`,
    });
  });
});
