import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { startTypeScriptServer } from "./test-support/type-script-server.ts";

const packages = resolve(import.meta.dirname, "../../..");

/** What an app imports, and where its source is. */
const definitions = [
  { name: "createAiwatch", entry: "@aiwatch/core", folder: "core/src" },
  { name: "aiwatchExpress", entry: "@aiwatch/core/express", folder: "core/src" },
  { name: "aiwatchFastify", entry: "@aiwatch/core/fastify", folder: "core/src" },
  { name: "aiwatchHono", entry: "@aiwatch/core/hono", folder: "core/src" },
  { name: "createLogger", entry: "@aiwatch/logging", folder: "logging/src" },
  { name: "startTracing", entry: "@aiwatch/tracing", folder: "tracing/src" },
  { name: "instrumentModel", entry: "@aiwatch/llamacpp", folder: "llamacpp/src" },
  { name: "observeFetch", entry: "@aiwatch/openai", folder: "openai/src" },
  { name: "startReporter", entry: "@aiwatch/browser", folder: "browser/src" },
];

/** What an app names of what it imports: an option, a method, a figure. */
const members = [
  { member: "startDraining", name: "createAiwatch", entry: "@aiwatch/core", use: "().startDraining();" },
  { member: "closeTimeoutMs", name: "createAiwatch", entry: "@aiwatch/core", use: "({ closeTimeoutMs: 1 });" },
  { member: "errorRate", name: "createAiwatch", entry: "@aiwatch/core", use: "().summary().averages.errorRate;" },
  {
    member: "userOf",
    name: "aiwatchExpress",
    entry: "@aiwatch/core/express",
    use: "(undefined, { userOf: () => 'ada' });",
  },
  {
    member: "drainMs",
    name: "handleSignals",
    entry: "@aiwatch/core/shutdown",
    use: "(null as never, { drainMs: 1 });",
  },
  { member: "perMinute", name: "clientReports", entry: "@aiwatch/core/reports", use: "({ perMinute: 1 });" },
  { member: "pretty", name: "createLogger", entry: "@aiwatch/logging", use: "({ pretty: false });" },
  { member: "serviceName", name: "startTracing", entry: "@aiwatch/tracing", use: "({ serviceName: 'chat' });" },
];

describe("an editor of an app that installed the packages", () => {
  const app = mkdtempSync(join(tmpdir(), "aiwatch-definitions-"));
  for (const name of ["core", "logging", "tracing", "llamacpp", "openai", "browser"]) install(name);
  const server = startTypeScriptServer(app);
  afterAll(() => {
    server.stop();
    rmSync(app, { recursive: true });
  });

  const rows = definitions.flatMap((row) => [
    { ...row, file: "app.mts" },
    { ...row, file: "app.cts" },
  ]);
  test.each(rows)("goes from $name in $file to its source", async ({ name, entry, folder, file }) => {
    const path = join(app, `${name}-${file}`);
    writeFileSync(path, `import { ${name} } from "${entry}";\n${name};\n`);
    const [definition] = await server.definitions(path, { line: 2, offset: 1 });
    if (definition === undefined) throw new Error(`${name} has no definition`);
    expect(relative(join(app, "node_modules/@aiwatch"), definition.file)).toMatch(new RegExp(`^${folder}/.+\\.ts$`));
    const line = readFileSync(definition.file, "utf8").split("\n")[definition.start.line - 1];
    expect(line).toMatch(new RegExp(`^export (async )?(function|const) ${name}\\b`));
  });

  test.each(members)("goes from $member of $name to its own line", async ({ member, name, entry, use }) => {
    const path = join(app, `${member}.mts`);
    const call = `${name}${use}`;
    writeFileSync(path, `import { ${name} } from "${entry}";\n${call}\n`);
    const [definition] = await server.definitions(path, { line: 2, offset: call.indexOf(member) + 1 });
    if (definition === undefined) throw new Error(`${member} has no definition`);
    expect(relative(app, definition.file)).toMatch(/src\/.+\.ts$/);
    const line = readFileSync(definition.file, "utf8").split("\n")[definition.start.line - 1];
    expect(line?.trim()).toMatch(new RegExp(`^(readonly )?${member}\\b`));
  });

  /** What `npm publish` would send, where npm would put it. */
  function install(name: string) {
    const from = join(packages, name);
    const to = join(app, "node_modules/@aiwatch", name);
    const listed = execFileSync("npm", ["pack", "--dry-run", "--json", "--ignore-scripts"], { cwd: from });
    const [{ files }] = Object.values(JSON.parse(listed.toString())) as [{ readonly files: { path: string }[] }];
    for (const { path } of files) cpSync(join(from, path), join(to, path));
  }
});
