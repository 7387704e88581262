import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describeWith, nodeRelease, npmInstall, runToEnd } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { freshApp } from "../consumers/test-support/fresh-app.ts";
import { type Line, lines } from "../consumers/test-support/lines.ts";
import { packWorkspace } from "../consumers/test-support/pack-workspace.ts";
import { type BundleRequest, bundleApp, bundlers, type Format, formats } from "./test-support/bundle-app.ts";
import { type BundleRun, runBundle } from "./test-support/run-bundle.ts";

const apps = fileURLToPath(new URL("test-support/apps/", import.meta.url));
const [line2, line3] = lines as readonly [Line, Line];

let tarballs: string[];
let packed: string;
/** With nothing beside it or above it. */
let nowhere: string;
beforeAll(async () => {
  packed = await mkdtemp(join(tmpdir(), "aiwatch-tarballs-"));
  nowhere = await mkdtemp(join(tmpdir(), "aiwatch-alone-"));
  const packages = await packWorkspace(packed);
  tarballs = packages.map(({ tarball }) => tarball);
});
afterAll(() => Promise.all([packed, nowhere].map((folder) => rm(folder, { recursive: true }))));

describeWith(
  "an app on OpenTelemetry 2.x",
  () => appOn(line2),
  (folder) => {
    install(folder);

    describe.each(bundlers)("bundled by %s", (bundler) => {
      describe("beside its node_modules, where the SDK and pino-pretty are found", () => {
        const files = bundled({ bundler, entry: join(folder, "beside.mjs"), into: () => folder });

        test.each(runsOf([20, 24]))("%s runs on Node %i, with the real engine", async (format, major) => {
          const { program } = await nodeRelease(major);
          expectChat(await runBundle(program, files()[format], { MODEL_PATH: await ensureTinyModel() }), "tiny-chat");
        });

        test.each(formats)(
          "%s says what is missing, and how to hand it in, where that is not there",
          async (format) => {
            const file = join(nowhere, files()[format].slice(folder.length + 1));
            await cp(files()[format], file);
            const ended = (env: Record<string, string>) => runToEnd(process.execPath, [file], { cwd: nowhere, env });
            expect((await ended({ OTLP_ENDPOINT: "127.0.0.1:9" })).stderr).toMatch(
              /AIWATCH_MISSING_PEER(.|\n)*startTracing\(\{ sdk \}\)|startTracing\(\{ sdk \}\)(.|\n)*AIWATCH_MISSING_PEER/,
            );
            expect((await ended({})).stderr).toContain("createLogger({ prettyFactory })");
          },
        );
      });

      describe("with nothing beside it, what is needed handed in", () => {
        const files = bundled({ bundler, entry: join(folder, "alone-2.mjs"), into: () => nowhere });

        test.each(runsOf([20, 24]))("%s runs on Node %i", async (format, major) => {
          const { program } = await nodeRelease(major);
          expectChat(await runBundle(program, files()[format]), "by-hand");
        });
      });
    });

    describe("written in CommonJS, bundled by esbuild beside its node_modules", () => {
      const entry = join(folder, "beside.mjs");
      const files = bundled({ bundler: "esbuild", sources: "cjs", entry, into: () => folder });

      test.each(runsOf([20, 24]))("%s runs on Node %i", async (format, major) => {
        const { program } = await nodeRelease(major);
        expectChat(await runBundle(program, files()[format]), "by-hand");
      });
    });
  },
);

describeWith(
  "an app on OpenTelemetry 3.x",
  () => appOn(line3),
  (folder) => {
    install(folder);

    describe("bundled by esbuild, with nothing beside it, what is needed handed in", () => {
      const entry = join(folder, "alone-3.mjs");
      const into = () => join(nowhere, "three");
      const files = bundled({ bundler: "esbuild", entry, into, definesMetaUrl: true });

      test.each(runsOf([24]))("%s runs on Node %i", async (format, major) => {
        const { program } = await nodeRelease(major);
        expectChat(await runBundle(program, files()[format]), "by-hand");
      });
    });
  },
);

/** A folder with what the line's app has, and pino-pretty. */
async function appOn({ peers }: Line): Promise<string> {
  const folder = await freshApp({ ...peers, "pino-pretty": "13.2.0" });
  await cp(apps, folder, { recursive: true });
  return folder;
}

function install(folder: string): void {
  beforeAll(() => npmInstall(folder, tarballs));
  afterAll(() => rm(folder, { recursive: true }));
}

interface Bundled extends Omit<BundleRequest, "into"> {
  readonly into: () => string;
}

function bundled({ into, ...request }: Bundled): () => Readonly<Record<Format, string>> {
  let files: Readonly<Record<Format, string>> | undefined;
  beforeAll(async () => {
    files = await bundleApp({ ...request, into: into() });
  });
  return () => {
    if (files === undefined) throw new Error("nothing was bundled");
    return files;
  };
}

function runsOf(majors: readonly number[]): [Format, number][] {
  return formats.flatMap((format) => majors.map((major): [Format, number] => [format, major]));
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
