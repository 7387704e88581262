import { fileURLToPath } from "node:url";

const cwd = fileURLToPath(new URL("../..", import.meta.url));

/** The specification's own parser, on which Docker Compose is built, as a program that Go fetches. */
const composeGo = "github.com/compose-spec/compose-go/v2/cmd@v2.16.2";

interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How programs are run; the tests have one. */
export type Run = (command: string, args: readonly string[], options: { readonly cwd: string }) => Promise<Finished>;

export interface ComposeChoice {
  /** Files that are laid over each other, the last one on top. @default ["compose.yaml"] */
  readonly files?: readonly string[];
  /** Variables filled in with what they are without an environment, or as they are written. @default "filled in" */
  readonly variables?: "filled in" | "as written";
  /** Where the files lie. @default this package */
  readonly cwd?: string;
}

/** Compose files as JSON. */
export type ComposeParser = (choice?: ComposeChoice) => Promise<Finished>;

const parsers = [
  {
    command: "docker",
    probe: ["compose", "version"],
    asWritten: ["--no-interpolate"],
    args: (files: readonly string[], options: readonly string[]) => [
      "compose",
      ...files.flatMap((file) => ["--file", file]),
      ...["config", "--format", "json", ...options],
    ],
  },
  {
    command: "go",
    probe: ["run", composeGo, "compose.yaml"],
    asWritten: ["-no-interpolation"],
    args: (files: readonly string[], options: readonly string[]) => [
      ...["run", composeGo, "-format", "json", ...options],
      ...files,
    ],
  },
];

/** Docker Compose, else the parser built by Go, else nothing. */
export async function findComposeParser(run: Run): Promise<ComposeParser | undefined> {
  const works = (command: string, args: readonly string[]) =>
    run(command, args, { cwd }).then(
      ({ code }) => code === 0,
      () => false,
    );
  for (const { command, probe, asWritten, args } of parsers) {
    if (!(await works(command, probe))) continue;
    return ({ files = ["compose.yaml"], variables, cwd: folder = cwd } = {}) =>
      run(command, args(files, variables === "as written" ? asWritten : []), { cwd: folder });
  }
  return undefined;
}
