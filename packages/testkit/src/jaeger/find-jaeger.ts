import { stat } from "node:fs/promises";
import { join } from "node:path";
import { toolFolder } from "../tools/tools-folder.ts";
import { buildGoProgram, type GoProgram } from "./go-program.ts";

export interface JaegerTool {
  /** Path of the program. */
  readonly jaeger: string;
}

/** Jaeger 2.13: its module is still tagged by the count of the first major version. */
const JAEGER: GoProgram = { module: "github.com/jaegertracing/jaeger", version: "v1.76.0", main: "cmd/jaeger" };

/** Jaeger as one program, built by the machine's Go. The module has no files for the pages: the API is whole, the front end a placeholder. */
export async function findJaeger(): Promise<JaegerTool> {
  const folder = await toolFolder(`jaeger-${JAEGER.version}`, async (draft) => {
    const began = Date.now();
    const file = join(draft, "jaeger");
    await buildGoProgram(JAEGER, file, say);
    const { size } = await stat(file);
    say(`built in ${Math.round((Date.now() - began) / 1000)} s, ${Math.round(size / 1e6)} MB`);
  });
  return { jaeger: join(folder, "jaeger") };
}

function say(line: string): void {
  process.stderr.write(`\nJaeger: ${line}\n`);
}
