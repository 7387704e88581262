import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { getLlama, type Llama, LlamaLogLevel, type LlamaModel } from "node-llama-cpp";
import { ensureTinyModel } from "../ensure-tiny-model.ts";
import type { TinyModelOptions } from "../options.ts";

/** llama.cpp with a tiny model in a folder of its own; everything goes with the `await using` that holds it. */
export interface Loaded extends AsyncDisposable {
  readonly llama: Llama;
  readonly model: LlamaModel;
}

export async function load(options: TinyModelOptions = {}): Promise<Loaded> {
  const directory = await mkdtemp(join(tmpdir(), "tiny-model-"));
  const llama = await getLlama({ gpu: false, build: "never", maxThreads: 1, logLevel: LlamaLogLevel.error });
  const model = await llama.loadModel({ modelPath: await ensureTinyModel({ ...options, directory }) });
  return {
    llama,
    model,
    [Symbol.asyncDispose]: async () => {
      await llama.dispose();
      await rm(directory, { recursive: true });
    },
  };
}

/** Told apart from the grammar on purpose: English as a reader would check it, clause by clause. */
const opening =
  /^(?:(?:Good|Great|Fair|Nice|Thoughtful) \w+|Let (?:me|us) \w+|(?:Happy|Glad) to \w+|Sure|Certainly|Absolutely)!$/;

const agent = `(?:[a-z]+ )?(?:model|engine|sampler|tokenizer|scheduler|server|runtime|decoder)`;
const subject = `(?:(?:The|This|Our)|(?:Usually|Meanwhile|First|Next|Sometimes|Afterwards|Eventually), (?:this|our)) ${agent}`;
const verb = String.raw`(?:(?:\w+ly|always|often) )?\w+s`;
const writing = String.raw`(?:(?:then|soon|gladly) )?\w+s (?:a|one|every|each) (?:\w+ )?\w+`;
const object = String.raw`(?:(?:the|your) (?:\w+ )?\w+(?: and ${writing})?|(?:a|one) \w+ \w+|(?:every|each) (?:\w+ )?\w+|\w+(?: plus \w+)?)`;
const adverb = String.raw`(?: (?:before \w+ing|without \w+|for \w+|within \w+s|in (?:\w+ )?(?:memory|storage)))?`;
const clause = String.raw`(?: while (?:\w+ )?\w+s \w+(?: \w+)?| (?:because|since) \w+ (?:is|remains) \w+| so \w+s? (?:stay|remain) \w+)?`;

const sentences = [
  new RegExp(String.raw`^${subject} ${verb} ${object}${adverb}${clause}\.$`),
  new RegExp(String.raw`^(?:Each|Every) (?:\w+ )?\w+ \w+s \w+${clause}\.$`),
  /^[A-Z]\w+ \w+s (?:when|as|whenever) \w+s \w+\.$/,
];

/** The sentences of a text with their marks. */
export function split(text: string): string[] {
  return text.split(/(?<=[.!]) /);
}

/** The sentences that are not as they should be; none in a good answer. */
export function unreadable(answer: string): string[] {
  const [first = "", ...others] = split(answer);
  const bad = others.filter((sentence) => !sentences.some((form) => form.test(sentence)));
  return opening.test(first) && others.length > 0 ? bad : [first, ...bad];
}
