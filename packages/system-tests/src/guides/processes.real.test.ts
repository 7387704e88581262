import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, runNode, snippetOf } from "@aiwatch/testkit";
import { ensureTinyModel } from "@aiwatch/tiny-model";
import { expect, it } from "vitest";

const guide = new URL("../../../../docs/guide/processes.md", import.meta.url);
/** A folder from which our packages are found. */
const cache = fileURLToPath(new URL("../../../../node_modules/.cache", import.meta.url));

it("the guide's model in a worker thread is on its main thread's metrics", async () => {
  const port = await freePort();
  const app = (await snippetOf(guide, /^\/\/ app\.js/)).replace("8080", String(port));
  const model = (await snippetOf(guide, /^\/\/ model\.js/))
    .replace("getLlama()", 'getLlama({ gpu: false, build: "never", maxThreads: 1 })')
    .replace('"model.gguf"', JSON.stringify(await ensureTinyModel()));
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "aiwatch-thread-"));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  await writeFile(join(folder, "app.js"), app);
  await writeFile(join(folder, "model.js"), model);
  const running = await runNode(["--conditions=@aiwatch/source", "--no-warnings", join(folder, "app.js")]);
  try {
    const url = `http://127.0.0.1:${port}`;
    await expect
      .poll(() =>
        fetch(`${url}/livez`).then(
          ({ ok }) => ok,
          () => false,
        ),
      )
      .toBe(true);
    const ask = () => fetch(`${url}/chat`, { method: "POST", headers: { "content-type": "text/plain" }, body: "Why?" });
    const answers = [await (await ask()).text(), await (await ask()).text()];
    expect(answers).toEqual([expect.stringMatching(/\w+/), expect.stringMatching(/\w+/)]);
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(
      /genai_app_inferences_total\{model="tiny-chat",operation="chat",finish_reason="stop"\} 2\n/,
    );
    expect(metrics).toMatch(/genai_app_llamacpp_model_load_seconds\{model="tiny-chat"\} 0\.\d+\n/);
    const summary = await (await fetch(`${url}/metrics/summary`)).json();
    expect(summary).toMatchObject({ totals: { chats: 2, answered: 2 }, cluster: { answered: 1, silent: 0 } });
    expect(running.stderr).toEqual([]);
  } finally {
    await running.stop("SIGKILL");
    await rm(folder, { recursive: true });
  }
});
