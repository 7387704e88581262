import { createRequire } from "node:module";
import { runToEnd } from "@aiwatch/testkit";

const tsc = createRequire(import.meta.url).resolve("typescript/lib/tsc.js");

export const resolutions = ["bundler", "node16", "nodenext"] as const;
export type Resolution = (typeof resolutions)[number];

/**
 * What TypeScript finds wrong in an app's files and in all declarations that they lead to, but for those of node-llama-cpp: its own are not
 * without errors (3.22.1), so an app with it has to set `skipLibCheck`.
 */
export async function typeErrors(folder: string, files: readonly string[], resolution: Resolution): Promise<string[]> {
  const module = resolution === "bundler" ? "esnext" : resolution;
  const modes = ["--module", module, "--moduleResolution", resolution, "--esModuleInterop"];
  const strictness = ["--strict", "--exactOptionalPropertyTypes", "--skipLibCheck", "false", "--skipDefaultLibCheck"];
  const target = ["--target", "es2022", "--lib", "es2023", "--types", "node"];
  const args = [tsc, "--noEmit", "--pretty", "false", ...target, ...strictness, ...modes];
  const { stdout, stderr } = await runToEnd(process.execPath, [...args, ...files], { cwd: folder, timeoutMs: 170_000 });
  const errors = `${stdout}${stderr}`.split("\n").filter((line) => line !== "" && !line.startsWith(" "));
  return errors.filter((line) => !line.startsWith("node_modules/node-llama-cpp/"));
}
