import { mkdir, writeFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { parseArgs } from "node:util";
import { buildTinyModel } from "./build-tiny-model.ts";
import { ensureTinyModel } from "./ensure-tiny-model.ts";
import { TinyModelError, type TinyModelOptions, type Variant, variants } from "./options.ts";

/** Where the command writes: the path to `log`, what went wrong to `error`. */
export interface Output {
  log(text: string): void;
  error(text: string): void;
}

const usage = `Writes a small GGUF model that speaks, and prints its path.

  tiny-model [options]

  --variant NAME           ${variants.join(", ")} (default: chat)
  --name NAME              the model's name in the file (default: tiny- and the variant)
  --sentences NUMBER       how many an answer has on average (default: 5)
  --feed-forward WIDTH     the wider, the slower: the pace of a larger model (default: 32)
  --context-length TOKENS  the context that the file claims to be trained for (default: 4096)
  --out FILE               write there, instead of into the cache
  --help                   print this`;

/** The command; gives its exit code. */
export async function main(args: readonly string[], output: Output): Promise<number> {
  try {
    const { values } = parse(args);
    output.log(values.help === true ? usage : await write(toOptions(values), values.out));
    return 0;
  } catch (error) {
    if (!hasCode(error)) throw error;
    output.error(`tiny-model: ${error.message}`);
    return 1;
  }
}

const parse = (args: readonly string[]) =>
  parseArgs({
    args: [...args],
    options: {
      variant: { type: "string" },
      name: { type: "string" },
      "context-length": { type: "string" },
      sentences: { type: "string" },
      "feed-forward": { type: "string" },
      out: { type: "string" },
      help: { type: "boolean" },
    },
  });

/** What was typed goes on as it is; the options' own check says what is wrong with it. */
function toOptions(values: ReturnType<typeof parse>["values"]): TinyModelOptions {
  const contextLength = values["context-length"];
  const feedForward = values["feed-forward"];
  return {
    ...(values.variant === undefined ? {} : { variant: values.variant as Variant }),
    ...(values.name === undefined ? {} : { name: values.name }),
    ...(contextLength === undefined ? {} : { contextLength: Number(contextLength) }),
    ...(values.sentences === undefined ? {} : { sentences: Number(values.sentences) }),
    ...(feedForward === undefined ? {} : { feedForward: Number(feedForward) }),
  };
}

async function write(options: TinyModelOptions, out: string | undefined): Promise<string> {
  if (out === undefined) return await ensureTinyModel(options);
  const path = resolve(out);
  const bytes = buildTinyModel(options);
  try {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  } catch (cause) {
    throw new TinyModelError(
      "ERR_TINY_MODEL_WRITE",
      `cannot write ${JSON.stringify(out)}: give --out a file that can be written`,
      { cause },
    );
  }
  return path;
}

const hasCode = (error: unknown): error is Error => error instanceof Error && "code" in error;
