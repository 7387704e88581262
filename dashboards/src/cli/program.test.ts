import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { packageFolder, shippedBoards } from "../package-folder.ts";
import { cli } from "../test-support/run-cli.ts";
import { stackFiles } from "./copy.ts";
import { exitCodeOf } from "./exit-codes.ts";

const commands = ["copy", "import", "check", "rules", "list"];

describe("the command", () => {
  it("says what it can do, and what its exit codes mean", async () => {
    const { code, out, err } = await cli("--help");
    expect({ code, err }).toEqual({ code: 0, err: "" });
    for (const command of commands) expect(out).toMatch(new RegExp(`^ {2}${command} `, "m"));
    for (const exitCode of [0, 1, 2, 3, 4, 70]) expect(out).toMatch(new RegExp(`^ {2}${exitCode} `, "m"));
  });

  it.each(commands)("%s says what it does", async (command) => {
    const { code, out } = await cli(command, "--help");
    expect(code).toBe(0);
    expect(out).toMatch(new RegExp(`^Usage: aiwatch-dashboards ${command}.*\n\n[A-Z]`));
  });

  it("says its release", async () => {
    const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as { version: string };
    expect(await cli("--version")).toMatchObject({ code: 0, out: version });
  });

  it.each([
    [[], /^Usage: /],
    [["chekc"], /unknown command 'chekc'\n\(Did you mean check\?\)/],
    [["list", "--all"], /unknown option '--all'/],
    [["list", "llm"], /too many arguments/],
    [["copy"], /missing required argument 'dir'/],
  ])("%j is a wrong use", async (args, message) => {
    expect(await cli(...args)).toMatchObject({ code: 2, out: "", err: expect.stringMatching(message) });
  });

  it("lists the dashboards and the files", async () => {
    const { code, out } = await cli("list");
    expect(code).toBe(0);
    for (const { uid, title } of await shippedBoards()) expect(out).toMatch(new RegExp(`^${uid} +${title}$`, "m"));
    for (const file of await stackFiles()) expect(out.split("\n")).toContain(file);
  });

  it("takes an error of its own for that, whatever it is", () => {
    expect(exitCodeOf(new RangeError("Maximum call stack size exceeded"))).toBe(70);
    expect(exitCodeOf(undefined)).toBe(70);
  });
});
