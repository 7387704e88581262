import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { rulesFile } from "../rules/index.ts";
import { cli } from "../test-support/run-cli.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aiwatch-rules-"));
});
afterEach(() => rm(folder, { recursive: true }));

describe("rules", () => {
  it("writes the rules that are shipped where nothing is chosen", async () => {
    const { code, out, err } = await cli("rules");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(`${out}\n`).toBe(await readFile(rulesFile, "utf8"));
  });

  it("makes them for one's own objectives, into a file that was there", async () => {
    const file = join(folder, "ours.yaml");
    await writeFile(file, "old");
    const own = [
      "--ttft",
      "5",
      "--tpot",
      "0.05",
      "--objective",
      "first_token=0.99",
      "--runbooks",
      "https://wiki.example/run",
    ];
    expect(await cli("rules", ...own, "--out", file)).toMatchObject({ code: 0, out: file });
    const text = await readFile(file, "utf8");
    expect(text).toContain('genai_app_request_first_token_seconds_bucket{le=~"5|5[.]0"}');
    expect(text).toContain('time_per_output_token_seconds_bucket{le="0.05"}');
    expect(text).toContain("expr: vector(0.99)");
    expect(text).toMatch(/runbook_url: https:\/\/wiki\.example\/run\//);
    expect(await readdir(folder)).toEqual(["ours.yaml"]);
  });

  it("keeps labels beside the job, in a list or one after the other", async () => {
    const { code, out } = await cli("rules", "--by", "cluster, namespace", "--by", "team");
    expect(code).toBe(0);
    expect(out).toContain("expr: count by (cluster, namespace, team, job) (genai_app_active_requests)");
  });

  it.each([
    [["--by", "namespace,job"], /by has "job" which has a meaning in the rules already: leave it out/],
    [["--by", "namespace,"], /by has "" which is no label's name: expected letters/],
    [["--ttft", "3"], /ttftSeconds is 3, expected a bucket bound of genai_app_request_first_token_seconds: .*2/],
    [["--ttft", "soon"], /argument 'soon' is invalid. It is no number/],
    [["--objective", "ttft=0.9"], /objectives has "ttft", expected one of first_token/],
    [["--objective", "first_token"], /argument 'first_token' is invalid/],
    [["--runbooks", "wiki"], /runbookBase is "wiki", expected an address/],
    [["--out", "/proc/none/rules.yaml"], /\/proc\/none\/rules\.yaml cannot be written/],
  ])("%j is refused, and nothing is written", async (args, message) => {
    const run = await cli("rules", "--out", join(folder, "ours.yaml"), ...args);
    expect(run).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
    expect(await readdir(folder)).toEqual([]);
  });

  it("leaves a file as it was where a folder is in its place", async () => {
    const run = await cli("rules", "--out", folder);
    expect(run).toMatchObject({ code: 2, err: expect.stringContaining(`${folder} cannot be written`) });
    expect(await readdir(folder)).toEqual([]);
  });
});
