import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { Command, CommanderError, InvalidArgumentError, Option } from "commander";
import type { EmptyReason } from "../checks/why-empty.ts";
import { packageFolder, shippedBoards } from "../package-folder.ts";
import { type RulesOptions, rulesFor, rulesYaml } from "../rules/index.ts";
import { type CheckOptions, checkCommand, words } from "./check.ts";
import { copyStack, stackFiles, writeWhole } from "./copy.ts";
import { exitCodeOf, exitCodes, UsageError } from "./exit-codes.ts";
import { importBoards } from "./import.ts";
import type { Output } from "./output.ts";

const codes = `
Exit codes:
  0   done; of check: each panel has data, or is empty because nothing happened
      (no-traffic) or because the apps do not use what it shows (not-exposed)
  1   check found a panel that is empty for another reason
  2   an option, a URL, a file or a folder that cannot be used
  3   nobody answers at the URL, or somebody else than was meant
  4   the server refuses: the token, its rights, or what was sent
  70  an error of this command's own`;

/** Runs the command as from a terminal. @returns the exit code; errors are written, and never thrown */
export async function runCli(args: readonly string[], output: Output): Promise<number> {
  let code: number = exitCodes.good;
  const program = await createProgram(output, (found) => {
    code = found;
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.good : exitCodes.usage;
    const exitCode = exitCodeOf(error);
    const isOurs = exitCode === exitCodes.internal && error instanceof Error;
    output.err(`error: ${isOurs ? error.stack : error instanceof Error ? error.message : String(error)}`);
    return exitCode;
  }
}

async function createProgram(output: Output, end: (code: number) => void): Promise<Command> {
  const { version } = JSON.parse(await readFile(join(packageFolder, "package.json"), "utf8")) as { version: string };
  const program = new Command("aiwatch-dashboards")
    .description(
      "Dashboards, rules and stack of AIWatch: copies them, imports them into Grafana, checks them against Prometheus.",
    )
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => output.out(text.trimEnd()),
      writeErr: (text) => output.err(text.trimEnd()),
    })
    .showHelpAfterError("(--help says what there is)")
    .addHelpText("after", codes);
  addCopy(program, output);
  addImport(program, output);
  addCheck(program, output, end);
  addRules(program, output);
  addList(program, output);
  return program;
}

function addCopy(program: Command, output: Output): void {
  program
    .command("copy")
    .summary("copy the dashboards, rules and stack into a folder")
    .description("Copies the dashboards, rules, Compose files and manifests into a folder, whole or not at all.")
    .argument("<dir>", "the folder, which is created; it has to be empty")
    .option("--force", "replace our files in a folder that is not empty; other files stay")
    .action(async (dir: string, { force = false }: { force?: boolean }) => {
      const { folder, files, replaced } = await copyStack(dir, { force });
      for (const file of replaced) output.err(`replaced ${file}`);
      output.out(`${files.length} files copied to ${folder}`);
    });
}

interface ImportCommandOptions {
  readonly url: string;
  readonly token?: string;
  readonly folder: string;
  readonly dryRun?: boolean;
}

function addImport(program: Command, output: Output): void {
  program
    .command("import")
    .summary("bring the dashboards into a Grafana")
    .description(
      "Creates the folder once, and creates or overwrites the dashboards in it by their uid. Run again, it changes only what differs.",
    )
    .requiredOption("--url <url>", "the URL that Grafana has in a browser: http://localhost:3000")
    .addOption(new Option("--token <token>", "a service account's token with the role Editor").env("GRAFANA_TOKEN"))
    .option("--folder <name>", "the folder of the first level", "AIWatch")
    .option("--dry-run", "write what would change, and change nothing")
    .addHelpText("after", "\nA token on the command line is seen by whoever lists the processes: GRAFANA_TOKEN is not.")
    .action(async ({ token, dryRun = false, ...options }: ImportCommandOptions) => {
      if (token === undefined) throw new UsageError("no token: set GRAFANA_TOKEN, or give --token");
      const { created, updated, unchanged } = await importBoards({ ...options, token, dryRun, onStep: output.out });
      output.err(`${dryRun ? "dry run: " : ""}${created} created, ${updated} updated, ${unchanged} unchanged`);
    });
}

function addCheck(program: Command, output: Output, end: (code: number) => void): void {
  const reasons = Object.keys(words) as EmptyReason[];
  program
    .command("check")
    .summary("ask a Prometheus which panels have data, and why the others have none")
    .description("Asks a Prometheus for what each panel shows, and says of each empty one why it is.")
    .requiredOption("--prometheus <url>", "the Prometheus, or a server with its HTTP API: http://localhost:9090")
    .option("--job <job>", "the scrape job to look at (default: every job)")
    .option("--board <uid...>", "the dashboards to check (default: all)")
    .addOption(new Option("--ignore <reason...>", "reasons that are no finding").choices(reasons))
    .addOption(new Option("--token <token>", "sent as a bearer token").env("PROMETHEUS_TOKEN"))
    .option("--strict", "not-exposed is a finding, too")
    .option("--json", "write the report as JSON")
    .action(async (options: CheckOptions) => end(await checkCommand(options, output)));
}

interface RulesCommandOptions {
  readonly ttft?: number;
  readonly tpot?: number;
  readonly objective?: Readonly<Record<string, number>>;
  readonly runbooks?: string;
  readonly by?: readonly string[];
  readonly out?: string;
}

function addRules(program: Command, output: Output): void {
  program
    .command("rules")
    .summary("make the recording and alerting rules for objectives and labels of your own")
    .description(
      "Writes the rules for objectives of your own, whose bounds have to be buckets of the histogram, and with labels that tell jobs of one name apart.",
    )
    .option("--ttft <seconds>", "the first token comes within so many seconds from its request's arrival", numberOf)
    .option("--tpot <seconds>", "an answer takes at most so many seconds a token", numberOf)
    .option(
      "--objective <slo=ratio>",
      "the part that has to be good, such as first_token=0.99; again for another",
      addObjective,
    )
    .option("--runbooks <url>", "the folder of your own runbooks, as the alerts link to it")
    .option(
      "--by <labels>",
      "labels that each series and alert keeps beside its job, such as cluster,namespace: without, jobs of one name are one",
      addLabels,
    )
    .option("--out <file>", "the file, written whole or not at all (default: the standard output)")
    .action(async ({ out, ...options }: RulesCommandOptions) => {
      const text = rulesYaml(rulesFor(rulesOptions(options)));
      if (out === undefined) return output.out(text.trimEnd());
      output.out(await writeWhole(out, text));
    });
}

function numberOf(text: string): number {
  const value = Number(text);
  if (text.trim() === "" || !Number.isFinite(value)) throw new InvalidArgumentError("It is no number.");
  return value;
}

function addObjective(text: string, others: Readonly<Record<string, number>> = {}): Readonly<Record<string, number>> {
  const [slo = "", ratio = ""] = text.split("=");
  return { ...others, [slo]: numberOf(ratio) };
}

const addLabels = (text: string, others: readonly string[] = []): readonly string[] => [
  ...others,
  ...text.split(",").map((label) => label.trim()),
];

function rulesOptions({ ttft, tpot, objective, runbooks, by }: Omit<RulesCommandOptions, "out">): RulesOptions {
  return {
    ...(ttft !== undefined && { ttftSeconds: ttft }),
    ...(tpot !== undefined && { tpotSeconds: tpot }),
    ...(objective !== undefined && { objectives: objective }),
    ...(runbooks !== undefined && { runbookBase: runbooks }),
    ...(by !== undefined && { by }),
  };
}

function addList(program: Command, output: Output): void {
  program
    .command("list")
    .summary("list what the package ships")
    .description("Lists the dashboards, and the files that copy would copy.")
    .action(async () => {
      for (const { uid, title } of await shippedBoards()) output.out(`${uid.padEnd(28)} ${title}`);
      output.out("");
      for (const file of await stackFiles()) output.out(file);
    });
}
