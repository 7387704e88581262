import { fileURLToPath } from "node:url";
import { describeWith, runToEnd } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, test } from "vitest";
import { installRelease } from "../test-support/releases/install-release.ts";
import { type Moment, moments, type Way, ways } from "../test-support/threads/moments.ts";

const app = fileURLToPath(new URL("../test-support/threads/thread-app.ts", import.meta.url));
const tries = 3;
/** Some crash now and then: a bare process that does as well as an observed one shows it by then. */
const furtherTries = 30;

/** How the process ends with its thread: `survived`, or what it exits or is killed by. */
async function play(folder: string, moment: Moment, way: Way, observed: "bare" | "observed"): Promise<string> {
  // a model that takes its time to load, and to evaluate
  const modelPath = await ensureTinyModel({ variant: "endless", feedForward: 32_000 });
  const args = ["--conditions=@aiwatch/source", "--no-warnings", app, folder, modelPath, moment, way, observed];
  const { code, signal, stdout } = await runToEnd(process.execPath, args, { timeoutMs: 60_000 });
  return stdout === "survived" ? stdout : `${signal ?? code}`;
}

for (const version of ["3.6.0", "3.21.1", "3.22.1"]) {
  describeWith(
    `a thread with node-llama-cpp ${version}`,
    () => installRelease(version),
    (folder) => {
      const cells = moments.flatMap((moment) => ways.map((way) => ({ moment, way })));
      test.each(cells)("$moment: $way", { timeout: 600_000 }, async ({ moment, way }) => {
        const [bare, observed] = [new Set<string>(), new Set<string>()];
        for (let nth = 0; nth < tries; nth += 1) {
          bare.add(await play(folder, moment, way, "bare"));
          observed.add(await play(folder, moment, way, "observed"));
        }
        process.stderr.write(`${version}, ${moment}, ${way}: ${[...bare].join(", ")}\n`);
        const isOther = (end: string) => !bare.has(end);
        for (let nth = 0; nth < furtherTries && [...observed].some(isOther); nth += 1)
          bare.add(await play(folder, moment, way, "bare"));
        expect([...observed].filter(isOther)).toEqual([]);
      });
    },
  );
}
