import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it } from "vitest";

const app = fileURLToPath(new URL("./test-support/exiting-app.ts", import.meta.url));

it.each(["process.exit()", "an exception", "an observer"])(
  "the line of the last request is written, ended by %s",
  async (how) => {
    const folder = await mkdtemp(join(tmpdir(), "aiwatch-exit-"));
    const file = join(folder, "app.log");
    const flags = ["--conditions=@aiwatch/source", "--no-warnings", app, file, how];
    await promisify(execFile)(process.execPath, flags).catch(() => undefined);
    const lines = (await readFile(file, "utf8")).trim().split("\n");
    await rm(folder, { recursive: true });
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { path: "/first" },
      { msg: "request completed", path: "/last" },
    ]);
  },
);
