import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describeWith, type NodeRelease, nodeRelease, npmInstall, runToEnd } from "@aiwatch/testkit";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { nestCore, packReleases, type Release, type ReleasedPackages } from "./test-support/core-releases.ts";
import { freshApp } from "./test-support/fresh-app.ts";
import { installedCopies } from "./test-support/installed-copies.ts";
import { requiredPeers } from "./test-support/lines.ts";

const ended = 'genai_app_inferences_total{model="tiny",operation="chat",finish_reason="stop"}';

let tarballs: string;
let packages: ReleasedPackages;
beforeAll(async () => {
  tarballs = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
  packages = await packReleases(tarballs);
});
afterAll(() => rm(tarballs, { recursive: true }));

interface Nodes {
  readonly oldest: NodeRelease;
  readonly newer: NodeRelease;
}

const app = () => freshApp({ ...requiredPeers, express: "5.3.0", fastify: "5.12.8" });
const nodes = async (): Promise<Nodes> => ({ oldest: await nodeRelease(20), newer: await nodeRelease(24) });

describeWith("core and the packages that have it as their peer", nodes, (had) => {
  describeWith("of one release", app, (folder) => describeOneRelease(folder, had));
  describeWith("of other releases", app, (folder) => describeOtherReleases(folder, had.oldest));
});

function describeOneRelease(folder: string, { oldest, newer }: Nodes): void {
  beforeAll(() => install(folder, "same"));
  afterAll(() => rm(folder, { recursive: true }));

  test.each([oldest, newer])("in both formats at once, on Node $version, are one", async ({ program }) => {
    await expectTrueNumbers(program, folder);
  });

  test.each([
    { node: oldest, format: "import" },
    { node: newer, format: "require" },
  ])("a worker that joined by $format, and whose primary did not, is a 503 at every door", async ({ node, format }) => {
    const refused = expect.stringMatching(/^503 .*call joinCluster\(\) in it too/);
    const doors = { handler: refused, express: refused, fastify: refused, node: refused };
    expect(await run(node.program, folder, "unjoined-worker.mjs", format)).toEqual({ import: doors, require: doors });
  });

  describe("with another core below llamacpp", () => describeNestedCore(folder, oldest));
}

function describeNestedCore(folder: string, { program }: NodeRelease): void {
  const runNested = async (hasMoreRows: boolean, ...steps: readonly string[]) => {
    await nestCore(folder, "newer", hasMoreRows);
    return run(program, folder, "two-copies.mjs", ...steps);
  };
  const contextSize = ["genai_app_llamacpp_context_size", [expect.stringMatching(/ 512$/)]] as const;

  test("of one shape, both count together", async () => {
    const { isTwo, errors, metrics } = await runNested(false, "app", "nested", "nested-figures");
    expect([isTwo, errors]).toEqual([true, []]);
    expect(samplesOf(metrics, ended)).toEqual([`${ended} 2`]);
    expect(samplesOf(metrics, contextSize[0])).toEqual(contextSize[1]);
  });

  test.each([
    { first: "app", second: "nested", registered: "1.1.0", refused: "1.2.0" },
    { first: "nested", second: "app", registered: "1.2.0", refused: "1.1.0" },
  ])("with a row more, the second is an error that names both, and the first goes on: $first first", async (order) => {
    const { errors, metrics } = await runNested(true, order.first, order.second, order.first);
    const message = expect.stringMatching(`from ${order.registered} .*this is ${order.refused} .*npm ls`);
    expect(errors).toEqual([{ code: "AIWATCH_METRIC_CONFLICT", message }]);
    expect(samplesOf(metrics, ended)).toEqual([`${ended} 2`]);
  });

  test("with a row more, llamacpp records by the app's instance", async () => {
    const { errors, metrics } = await runNested(true, "app", "nested-figures");
    expect(errors).toEqual([]);
    expect(samplesOf(metrics, contextSize[0])).toEqual(contextSize[1]);
  });
}

function describeOtherReleases(folder: string, { program }: NodeRelease): void {
  afterAll(() => rm(folder, { recursive: true }));

  test("core one minor older is refused by npm, which names both", async () => {
    const refusal = await install(folder, "older").then(String, String);
    expect(refusal).toContain("ERESOLVE");
    expect(refusal).toMatch(/Found: @aiwatch\/core@1\.0\.0/);
    expect(refusal).toMatch(/peer @aiwatch\/core@"\^1\.1\.0" from @aiwatch\/\w+@1\.1\.0/);
  });

  test("core one minor older, installed against the peers' will, counts what is true", async () => {
    await install(folder, "older", "--legacy-peer-deps");
    expect(await coresIn(folder)).toEqual(["1.0.0"]);
    await expectTrueNumbers(program, folder);
  });

  test("core one minor newer is installed as one copy, and counts what is true", async () => {
    await install(folder, "newer");
    expect(await coresIn(folder)).toEqual(["1.2.0"]);
    await expectTrueNumbers(program, folder);
  });
}

async function coresIn(folder: string): Promise<readonly string[] | undefined> {
  return (await installedCopies(folder, ["@aiwatch/core"])).get("@aiwatch/core");
}

async function install(folder: string, release: Release, conflicts = "--no-strict-peer-deps"): Promise<void> {
  await npmInstall(folder, [packages.core[release], ...packages.others], conflicts);
}

/** One request and one inference for each door, begun in either format. */
async function expectTrueNumbers(program: string, folder: string): Promise<void> {
  const { answers, metrics } = await run(program, folder, "mixed-formats.mjs");
  expect(answers).toEqual(["one scope", "one scope", "one scope"]);
  expect(samplesOf(metrics, ended)).toEqual([`${ended} 3`]);
  expect(samplesOf(metrics, "genai_app_telemetry_errors_total").filter((sample) => !sample.endsWith(" 0"))).toEqual([]);
  for (const door of ["express", "fastify", "node"]) {
    const requests = `genai_app_http_requests_total{method="GET",endpoint="/${door}/:id",status="200"}`;
    expect(samplesOf(metrics, requests)).toEqual([`${requests} 1`]);
  }
}

/** What one of the apps tells, among the lines of its log. */
async function run(program: string, folder: string, ...args: readonly string[]) {
  const { code, stdout, stderr } = await runToEnd(program, args, { cwd: folder, timeoutMs: 60_000 });
  expect([stderr, code]).toEqual(["", 0]);
  const lines = stdout.trimEnd().split("\n");
  return lines.map((line) => JSON.parse(line)).find(({ result }) => result !== undefined).result;
}

function samplesOf(metrics: string, name: string): string[] {
  return metrics.split("\n").filter((line) => line.startsWith(name));
}
