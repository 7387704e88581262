import { afterAll, beforeAll, expect, it } from "vitest";
import { AppUnderLoad } from "./test-support/app-under-load.ts";

const requests = 20_000;
let app: AppUnderLoad;

beforeAll(async () => {
  app = await AppUnderLoad.start(new URL("test-support/metered-app.ts", import.meta.url), {}, ["--trace-gc-nvp"]);
});
afterAll(() => app?.process.stop("SIGKILL"));

/** What V8 said of its scavenges so far. */
const scavenges = () => app.process.stdout.filter((line) => line.includes(" gc=s "));

it("what observing makes for a request dies with it, in the next scavenge: to let it live costs more than all the rest", async () => {
  // compiled, and its series begun
  await app.send(5_000, true);
  const before = scavenges().length;
  await app.send(requests, true);
  const seen = scavenges().slice(before);
  expect(seen.length).toBeGreaterThan(5);
  const promoted = seen.reduce((sum, line) => sum + Number(/ promoted=(\d+)/.exec(line)?.[1]), 0);
  process.stdout.write(`${Math.round(promoted / requests)} bytes a request outlived ${seen.length} scavenges\n`);
  // a request and its answer hold 4 kB and more; only those that are under way live on, a few of the thousand between two scavenges
  expect(promoted / requests).toBeLessThan(50);
});
