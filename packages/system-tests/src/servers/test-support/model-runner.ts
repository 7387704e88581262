import { createHash } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { llamaServerScript, needTool, runToEnd, startProcess } from "@aiwatch/testkit";
import { ensureTinyModel, type Variant } from "@aiwatch/tiny-model";
import { vi } from "vitest";
import { posted, programNamed } from "./ollama.ts";

/** A Docker Model Runner that serves tiny models as `ai/tiny-VARIANT`, by our llama-server. */
export interface RunningModelRunner {
  readonly url: string;
  close(): Promise<void>;
}

/** The path of Docker Model Runner's program. @throws where `MODEL_RUNNER_PROGRAM` names none */
export async function modelRunnerProgram(): Promise<string> {
  await needTool("llama-server");
  return await programNamed("MODEL_RUNNER_PROGRAM", "Docker Model Runner's model-runner");
}

export async function startModelRunner(program: string, variants: readonly Variant[]): Promise<RunningModelRunner> {
  const folder = await mkdtemp(join(tmpdir(), "aiwatch-runner-"));
  const socket = join(folder, "runner.sock");
  const env = {
    HOME: folder,
    MODELS_PATH: join(folder, "models"),
    LLAMA_SERVER_PATH: await llamaServerFolder(folder),
    MODEL_RUNNER_SOCK: socket,
    DISABLE_SERVER_UPDATE: "1",
  };
  const running = await startProcess(program, [], { env, cwd: folder });
  const front = await loopbackFront(socket);
  const close = async () => {
    front.close();
    await running.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${(front.address() as AddressInfo).port}`;
  try {
    await vi.waitUntil(async () => (await fetch(`${url}/models`).catch(() => undefined))?.ok, { timeout: 30_000 });
    for (const variant of variants) await load(url, folder, variant);
  } catch (error) {
    await close();
    throw new Error(running.stderr.slice(-10).join("\n"), { cause: error });
  }
  return { url, close };
}

/** The folder of a program that the runner takes for its llama-server; like that it has four slots unless it is told otherwise. */
async function llamaServerFolder(folder: string): Promise<string> {
  const { pythonPath } = await needTool("llama-server");
  const file = join(folder, "bin/com.docker.llama-server");
  await mkdir(join(folder, "bin"));
  await writeFile(
    file,
    `#!/bin/sh\nPYTHONPATH='${pythonPath}' exec python3 -B '${llamaServerScript()}' --parallel 4 "$@"\n`,
  );
  await chmod(file, 0o755);
  return join(folder, "bin");
}

/** On a port it would listen on every address of the machine: it gets a socket, and this stands before it. */
async function loopbackFront(path: string): Promise<Server> {
  const front = createServer((client) => {
    const runner = connect(path);
    const cut = () => void [client.destroy(), runner.destroy()];
    for (const socket of [client, runner]) socket.on("error", cut).on("close", cut);
    client.pipe(runner).pipe(client);
  });
  await new Promise<void>((resolve) => front.listen(0, "127.0.0.1", resolve));
  return front;
}

async function load(url: string, folder: string, variant: Variant): Promise<void> {
  const { archive, id } = await packed(folder, variant);
  await posted(`${url}/models/load`, archive);
  await posted(`${url}/models/${id.slice(0, 12)}/tag?repo=ai/tiny-${variant}&tag=latest`, "");
}

/** A model as the runner keeps it: an OCI artifact in a tar. */
async function packed(folder: string, variant: Variant) {
  const root = join(folder, `pack-${variant}`);
  await mkdir(join(root, "blobs/sha256"), { recursive: true });
  const blob = async (mediaType: string, content: Buffer | string) => {
    const hex = sha256(content);
    await writeFile(join(root, "blobs/sha256", hex), content);
    return { mediaType, digest: `sha256:${hex}`, size: Buffer.byteLength(content) };
  };
  const file = await readFile(await ensureTinyModel({ variant }));
  const layer = await blob("application/vnd.docker.ai.gguf.v3", file);
  const described = {
    config: { format: "gguf", context_size: 2048 },
    rootfs: { type: "rootfs", diff_ids: [layer.digest] },
  };
  const config = await blob("application/vnd.docker.ai.model.config.v0.1+json", JSON.stringify(described));
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = JSON.stringify({ schemaVersion: 2, mediaType, config, layers: [layer] });
  await writeFile(join(root, "manifest.json"), manifest);
  const archive = `${root}.tar`;
  const { code, stderr } = await runToEnd("tar", ["-cf", archive, "-C", root, "blobs", "manifest.json"]);
  if (code !== 0) throw new Error(`tar failed: ${stderr}`);
  return { archive: await readFile(archive), id: sha256(manifest) };
}

function sha256(content: Buffer | string): string {
  return createHash("sha256").update(content).digest("hex");
}
