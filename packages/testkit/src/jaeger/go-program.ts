import { join } from "node:path";
import { runToEnd, startProcess } from "../process/running-process.ts";

/** A program that Go builds from a published module. */
export interface GoProgram {
  readonly module: string;
  readonly version: string;
  /** The folder of its main package, below the module. */
  readonly main: string;
}

const TELL_EVERY_MS = 30_000;

/**
 * Downloads the module by the machine's Go and builds the program in the module's own folder: with the versions and the checksums of its
 * `go.sum`, and with its `replace` lines, which `go install module@version` refuses.
 *
 * @param say is told how far it got
 */
export async function buildGoProgram(program: GoProgram, file: string, say: (line: string) => void): Promise<void> {
  const folder = await download(program);
  say(
    `Go builds it from its module, ${program.version}, once: that takes minutes, and more than a gigabyte of Go's caches`,
  );
  await build(program, folder, file, say);
}

/** @returns the folder where the module lies */
async function download({ module, version }: GoProgram): Promise<string> {
  const args = ["mod", "download", "-json", `${module}@${version}`];
  const { code, stdout, stderr } = await runToEnd("go", args, { env: { GOWORK: "off" } }).catch((error: unknown) => {
    throw new Error("go is not on this machine", { cause: error });
  });
  const { Dir, Error: reason } = parse(stdout);
  if (code === 0 && Dir !== undefined) return Dir;
  throw new Error(`go cannot download ${module} ${version}: ${complaint(reason ?? stderr)}`);
}

async function build(program: GoProgram, folder: string, file: string, say: (line: string) => void): Promise<void> {
  const args = ["build", "-mod=readonly", "-trimpath", "-ldflags=-s -w", "-v", "-o", file, `./${program.main}`];
  // without cgo no C compiler is needed
  const going = await startProcess("go", args, { cwd: folder, env: { GOWORK: "off", CGO_ENABLED: "0" } });
  const began = Date.now();
  const tell = setInterval(() => {
    // -v names each package when its turn comes, and each module that is downloaded
    say(`${going.stderr.length} packages after ${Math.round((Date.now() - began) / 1000)} s`);
  }, TELL_EVERY_MS);
  const { code } = await going.exit.finally(() => clearInterval(tell));
  if (code !== 0)
    throw new Error(`go cannot build ${join(program.module, program.main)}: ${complaintOf(going.stderr)}`);
}

function parse(json: string): { readonly Dir?: string; readonly Error?: string } {
  return json.trim() === "" ? {} : JSON.parse(json);
}

const complaintOf = (lines: readonly string[]) => complaint(lines.slice(-5).join(" "));

/** Without addresses: those are the machine's business. */
function complaint(text: string): string {
  return text.trim().replaceAll(/\w+:\/\/[^\s"]+/g, "(address)") || "it does not say why";
}
