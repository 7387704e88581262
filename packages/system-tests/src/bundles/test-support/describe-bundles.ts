import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWith, isInSpread, nodeRelease, npmInstall, runToEnd } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshApp } from "../../consumers/test-support/fresh-app.ts";
import { type Line, lines } from "../../consumers/test-support/lines.ts";
import { packWorkspace } from "../../consumers/test-support/pack-workspace.ts";
import { type BundleRequest, type Bundler, bundleApp, bundlers, type Format, formats } from "./bundle-app.ts";
import { type BundleRun, runBundle } from "./run-bundle.ts";

const apps = fileURLToPath(new URL("apps/", import.meta.url));
const [line2, line3] = lines as readonly [Line, Line];

let tarballs: string[];
/** With nothing beside it or above it. */
let nowhere: string;

/**
 * A chat, bundled in each way, runs on each release of Node.
 * @param isWhole whether each bundle does, in each way. Else each bundler bundles in one way, in turn, and each bundle runs on one release, in turn, so that each
 * format runs on each. @default false
 */
export function describeBundles(isWhole = false): void {
  packFirst();
  describeWith(
    "an app on OpenTelemetry 2.x",
    () => appOn(line2),
    (folder) => {
      install(folder);
      for (const [nth, bundler] of bundlers.entries()) {
        const runs = (way: number) => runsOf([20, 24], isWhole ? undefined : nth + way);
        describe(`bundled by ${bundler}`, () => {
          if (isWhole || nth % 2 === 0) describeBeside(bundler, folder, runs(0));
          if (isWhole || nth % 2 === 1) describeAlone(bundler, folder, runs(1));
        });
      }
      describeCommonJs(folder, runsOf([20, 24], isWhole ? undefined : bundlers.length));
    },
  );
  describeWith("an app on OpenTelemetry 3.x", () => appOn(line3), describeLine3);
}

type Run = readonly [format: Format, major: number];

/** @param turn which of the releases the first format runs on, and the next format on the next. @default each on each */
function runsOf(majors: readonly number[], turn?: number): Run[] {
  const isPlayed = (row: number, layer: number) =>
    turn === undefined || isInSpread({ row, column: turn, columns: majors.length, layer, layers: majors.length });
  return formats.flatMap((format, row) =>
    majors.filter((_, layer) => isPlayed(row, layer)).map((major): Run => [format, major]),
  );
}

function packFirst(): void {
  let packed: string;
  beforeAll(async () => {
    packed = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
    nowhere = await mkdtemp(join(tmpdir(), "aiwatch-alone-"));
    const packages = await packWorkspace(packed);
    tarballs = packages.map(({ tarball }) => tarball);
  });
  afterAll(() => Promise.all([packed, nowhere].map((folder) => rm(folder, { recursive: true }))));
}

function describeBeside(bundler: Bundler, folder: string, runs: readonly Run[]): void {
  describe("beside its node_modules, where the SDK and pino-pretty are found", () => {
    const files = bundled({ bundler, entry: join(folder, "beside.mjs"), into: () => folder });

    test.each(runs)("%s runs on Node %i, with the real engine", async (format, major) => {
      const { program } = await nodeRelease(major);
      expectChat(await runBundle(program, files()[format], { MODEL_PATH: await ensureTinyModel() }), "tiny-chat");
    });

    test.each(formats)("%s says what is missing, and how to hand it in, where that is not there", async (format) => {
      const file = join(nowhere, files()[format].slice(folder.length + 1));
      await cp(files()[format], file);
      const ended = (env: Record<string, string>) => runToEnd(process.execPath, [file], { cwd: nowhere, env });
      expect((await ended({ OTLP_ENDPOINT: "127.0.0.1:9" })).stderr).toMatch(
        /AIWATCH_MISSING_PEER(.|\n)*startTracing\(\{ sdk \}\)|startTracing\(\{ sdk \}\)(.|\n)*AIWATCH_MISSING_PEER/,
      );
      expect((await ended({})).stderr).toContain("createLogger({ prettyFactory })");
    });
  });
}

function describeAlone(bundler: Bundler, folder: string, runs: readonly Run[]): void {
  describe("with nothing beside it, what is needed handed in", () => {
    runByHand(runs, bundled({ bundler, entry: join(folder, "alone-2.mjs"), into: () => nowhere }));
  });
}

function describeCommonJs(folder: string, runs: readonly Run[]): void {
  describe("written in CommonJS, bundled by esbuild beside its node_modules", () => {
    const entry = join(folder, "beside.mjs");
    runByHand(runs, bundled({ bundler: "esbuild", sources: "cjs", entry, into: () => folder }));
  });
}

function describeLine3(folder: string): void {
  install(folder);

  describe("bundled by esbuild, with nothing beside it, what is needed handed in", () => {
    const entry = join(folder, "alone-3.mjs");
    const into = () => join(nowhere, "three");
    runByHand(runsOf([24]), bundled({ bundler: "esbuild", entry, into, definesMetaUrl: true }));
  });
}

type Files = () => Readonly<Record<Format, string>>;

function runByHand(runs: readonly Run[], files: Files): void {
  test.each(runs)("%s runs on Node %i", async (format, major) => {
    const { program } = await nodeRelease(major);
    expectChat(await runBundle(program, files()[format]), "by-hand");
  });
}

/** A folder with what the line's app has. */
async function appOn({ peers }: Line): Promise<string> {
  const folder = await freshApp(peers);
  await cp(apps, folder, { recursive: true });
  return folder;
}

function install(folder: string): void {
  beforeAll(() => npmInstall(folder, [...tarballs, "pino-pretty@13.2.0"]));
  afterAll(() => rm(folder, { recursive: true }));
}

interface Bundled extends Omit<BundleRequest, "into"> {
  readonly into: () => string;
}

function bundled({ into, ...request }: Bundled): Files {
  let files: ReturnType<Files> | undefined;
  beforeAll(async () => {
    files = await bundleApp({ ...request, into: into() });
  });
  return () => {
    if (files === undefined) throw new Error("nothing was bundled");
    return files;
  };
}

/** One request with one inference, one that failed, and nothing lost: in the answer, the metrics, the lines and the spans. */
function expectChat({ stderr, seen, spans }: BundleRun, model: string): void {
  expect(stderr).toBe("");
  expect(seen).toMatchObject({ status: 200, text: expect.stringMatching(/\S/), health: "ok" });
  const counted = (sample: string) => expect(seen.metrics).toContain(sample);
  counted(`genai_app_inferences_total{model="${model}",operation="chat",finish_reason="length"} 1`);
  counted(`genai_app_inferences_total{model="broken",operation="chat",finish_reason="error"} 1`);
  counted('genai_app_http_requests_total{method="POST",endpoint="/chat/:id",status="200"} 1');
  // by its name, whatever the minifier made of its class
  counted('genai_app_errors_total{type="QuotaError",operation="inference"} 1');
  const faults = seen.metrics.filter((sample) => sample.startsWith("genai_app_telemetry_errors_total"));
  expect(faults.filter((sample) => !sample.endsWith(" 0"))).toEqual([]);
  expect(seen.lines.join("")).toMatch(/INFO: inference completed .*"model":"/);
  expect(seen.lines.join("")).toContain('"errorType":"QuotaError"');
  expect(spans.map(({ name }) => name).sort()).toEqual(["POST /chat/:id", "chat broken", `chat ${model}`]);
  const [request, answer] = ["POST /chat/:id", `chat ${model}`].map((name) => spans.find((span) => span.name === name));
  expect(answer?.parentSpanId).toBe(request?.spanId);
  expect(request?.resource["service.name"]).toBe("bundled");
}
