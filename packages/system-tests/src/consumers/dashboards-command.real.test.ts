import { mkdtemp, readdir, readFile, realpath, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  closedAddress,
  describeWith,
  nodeRelease,
  npmInstall,
  runToEnd,
  type TestServer,
  testServer,
} from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packAs } from "./test-support/pack-workspace.ts";

/** kB that `npx @aiwatch/dashboards` fetches: the dashboards and rules are most of it. */
const bound = 600;

/** An empty folder outside of the workspace into which the tarball was installed, and nothing else. */
async function freshInstall(): Promise<{ folder: string; tarballBytes: number }> {
  const folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-npx-")));
  const tarball = await packAs("@aiwatch/dashboards", folder, async () => undefined);
  await writeFile(join(folder, "package.json"), JSON.stringify({ private: true }));
  await npmInstall(folder, [tarball]);
  return { folder, tarballBytes: (await stat(tarball)).size };
}

describeWith("@aiwatch/dashboards on an empty machine", freshInstall, ({ folder, tarballBytes }) => {
  afterAll(() => rm(folder, { recursive: true }));

  test("is all that is installed, and small enough", async () => {
    expect((await readdir(join(folder, "node_modules"))).filter((name) => !name.startsWith("."))).toEqual(["@aiwatch"]);
    expect(await readdir(join(folder, "node_modules/@aiwatch"))).toEqual(["dashboards"]);
    expect(tarballBytes / 1000).toBeLessThan(bound);
  });

  test("its bin is what npx runs", async () => {
    const { code, stdout, stderr } = await runToEnd("npx", ["--no-install", "@aiwatch/dashboards", "--version"], {
      cwd: folder,
    });
    expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: "0.0.0\n", stderr: "" });
  });

  for (const major of [20, 24]) {
    describeWith(
      `run by Node ${major}`,
      () => nodeRelease(major),
      ({ program }) => describeCommand(program, folder),
    );
  }
});

function describeCommand(program: string, folder: string): void {
  const bin = join(folder, "node_modules/@aiwatch/dashboards/dist/cli.js");
  const run = (...args: string[]) => runToEnd(program, [bin, ...args], { cwd: folder, timeoutMs: 60_000 });
  let none: string;
  let page: TestServer;
  let ours: string;
  beforeAll(async () => {
    none = `http://${closedAddress}`;
    page = await testServer((_, response) => response.writeHead(200, { "content-type": "text/html" }).end("<html>"));
    ours = await mkdtemp(join(folder, "ours-"));
  });
  afterAll(() => page.close());

  test("copies the stack, and makes rules", async () => {
    expect(await run("copy", "ours/stack")).toMatchObject({ code: 0, stderr: "" });
    const copied = await readdir(join(folder, "ours/stack"));
    expect(copied).toEqual(expect.arrayContaining(["compose.yaml", "grafana", "prometheus"]));
    expect(await run("copy", "ours/stack")).toMatchObject({ code: 2, stderr: expect.stringContaining("is not empty") });
    const rules = await run("rules", "--ttft", "5");
    expect(rules).toMatchObject({ code: 0, stderr: "" });
    const file = join(ours, "rules.yaml");
    expect(await run("rules", "--ttft", "5", "--out", file)).toMatchObject({ code: 0, stdout: `${file}\n` });
    expect(await readFile(file, "utf8")).toBe(rules.stdout);
    await rm(join(folder, "ours"), { recursive: true });
  });

  test.each([
    ["a wrong use", () => ["chek"], 2, "unknown command 'chek'"],
    ["a broken URL", () => ["check", "--prometheus", "prometheus"], 2, "which is none"],
    ["nobody", () => ["check", "--prometheus", none], 3, "Prometheus is not reachable at http://127.0.0.1:"],
    ["a page", () => ["check", "--prometheus", page.url], 3, "is no Prometheus"],
    ["nobody for Grafana", () => ["import", "--url", none, "--token", "t"], 3, "Grafana is not reachable"],
    ["a page for Grafana", () => ["import", "--url", page.url, "--token", "t"], 3, "is no Grafana"],
    ["a bound that is none", () => ["rules", "--ttft", "3"], 2, "expected a bucket bound"],
  ])("ends in one line for %s", async (_, args, code, message) => {
    const finished = await run(...args());
    expect(finished).toMatchObject({ code, stdout: "", stderr: expect.stringContaining(message) });
    expect(finished.stderr).not.toMatch(/^ +at /m);
  });

  test("writes to whoever reads no further", async () => {
    const head = await runToEnd("sh", ["-c", `"${program}" "${bin}" list | head -1`], { cwd: folder });
    expect(head).toMatchObject({ code: 0, stderr: "" });
    expect(head.stdout.trim().split("\n")).toHaveLength(1);
  });

  test("gives its checks to a program", async () => {
    const script = `import { checkPanels, rulesFor } from "@aiwatch/dashboards";
      const error = await checkPanels({ url: "${none}" }).catch((caught) => caught);
      console.log(JSON.stringify([error.code, rulesFor({ tpotSeconds: 0.05 }).length > 3]));`;
    const finished = await runToEnd(program, ["--input-type=module"], { cwd: folder, stdin: script });
    expect(finished).toMatchObject({ code: 0, stdout: '["AIWATCH_SERVER_UNREACHABLE",true]\n', stderr: "" });
  });
}

describe("its notices", () => {
  test("name every package that is inside, with its licence", async () => {
    const root = new URL("../../../../dashboards/", import.meta.url);
    const notices = await readFile(new URL("THIRD-PARTY-LICENSES.txt", root), "utf8");
    const files = (await readdir(new URL("dist/", root))).filter((file) => file.endsWith(".js"));
    const code = (await Promise.all(files.map((file) => readFile(new URL(`dist/${file}`, root), "utf8")))).join("\n");
    const inside = [...code.matchAll(/^\/\/ \S*node_modules\/((?:@[\w-]+\/)?[\w-]+)\//gm)].map(([, name = ""]) => name);
    expect(new Set(inside)).toContain("commander");
    for (const name of new Set(inside)) expect(notices).toMatch(new RegExp(`^---\n${name} \\(`, "m"));
  });
});
