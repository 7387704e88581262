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

/** `compose.yaml` as JSON, its variables filled in with what they are without an environment, or as they are written. */
export type ComposeParser = (variables: "filled in" | "as written") => Promise<Finished>;

const parsers = [
  {
    command: "docker",
    probe: ["compose", "version"],
    parse: ["compose", "config", "--format", "json"],
    asWritten: ["--no-interpolate"],
  },
  {
    command: "go",
    probe: ["run", composeGo, "compose.yaml"],
    parse: ["run", composeGo, "-format", "json"],
    asWritten: ["-no-interpolation"],
  },
];

/** Docker Compose, else the parser built by Go, else nothing. */
export async function findComposeParser(run: Run): Promise<ComposeParser | undefined> {
  const works = (command: string, args: readonly string[]) =>
    run(command, args, { cwd }).then(
      ({ code }) => code === 0,
      () => false,
    );
  for (const { command, probe, parse, asWritten } of parsers) {
    if (!(await works(command, probe))) continue;
    const file = command === "go" ? ["compose.yaml"] : [];
    return (variables) => run(command, [...parse, ...(variables === "as written" ? asWritten : []), ...file], { cwd });
  }
  return undefined;
}
