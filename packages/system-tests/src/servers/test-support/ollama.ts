import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, startProcess } from "@aiwatch/testkit";
import { ensureTinyModel, type Variant } from "@aiwatch/tiny-model";

/** An Ollama that serves tiny models as `tiny-VARIANT`, and keeps everything in a folder of its own. */
export interface RunningOllama {
  readonly url: string;
  close(): Promise<void>;
}

/** The path of an Ollama's program. @throws where `OLLAMA_PROGRAM` names none */
export async function ollamaProgram(): Promise<string> {
  return await programNamed("OLLAMA_PROGRAM", "an Ollama");
}

export async function programNamed(variable: string, what: string): Promise<string> {
  const program = process.env[variable];
  if (program === undefined || program === "")
    throw new Error(`${variable} names no program: give the path of ${what}`);
  await readFile(program).catch((cause: unknown) => {
    throw new Error(`${variable} names ${program}, which cannot be read`, { cause });
  });
  return program;
}

export async function startOllama(program: string, variants: readonly Variant[]): Promise<RunningOllama> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-ollama-"));
  const host = `127.0.0.1:${await freePort()}`;
  const env = { OLLAMA_HOST: host, OLLAMA_MODELS: join(folder, "models"), HOME: folder };
  const running = await startProcess(program, ["serve"], { env });
  const close = async () => {
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://${host}`;
  try {
    await running.waitForLine(/Listening on/, 30_000);
    for (const variant of variants) await create(url, variant);
  } catch (error) {
    await close();
    throw error;
  }
  return { url, close };
}

async function create(url: string, variant: Variant): Promise<void> {
  const file = await readFile(await ensureTinyModel({ variant }));
  const digest = `sha256:${createHash("sha256").update(file).digest("hex")}`;
  await posted(`${url}/api/blobs/${digest}`, file);
  const template = await templateOf(variant);
  const parameters = { num_ctx: 2048, num_thread: 1 };
  const model = { model: `tiny-${variant}`, files: { "tiny.gguf": digest }, parameters, template, stream: false };
  await posted(`${url}/api/create`, JSON.stringify(model));
}

export async function posted(url: string, body: string | Buffer<ArrayBuffer>): Promise<void> {
  const response = await fetch(url, { method: "POST", body });
  if (!response.ok) throw new Error(`${new URL(url).pathname} answers ${response.status}: ${await response.text()}`);
}

/** Ollama recognises plain ChatML by itself. */
async function templateOf(variant: Variant): Promise<string | undefined> {
  if (variant === "thinking") return thinkingTemplate;
  if (variant !== "tools") return undefined;
  const readme = await readFile(new URL("../../../../tiny-model/README.md", import.meta.url), "utf8");
  return /TEMPLATE """(.*?)"""/s.exec(readme)?.[1];
}

const thinkingTemplate = `{{ range .Messages }}<|im_start|>{{ .Role }}
{{ if .Thinking }}<think>{{ .Thinking }}</think>{{ end }}{{ .Content }}<|im_end|>
{{ end }}<|im_start|>assistant
`;
