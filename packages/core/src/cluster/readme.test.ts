import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePort, runNode, snippetOf } from "@aiwatch/testkit";
import { expect, it } from "vitest";

/** Workers are begun from a file, and one from which our packages are found. */
const cache = fileURLToPath(new URL("../../../../node_modules/.cache", import.meta.url));

const textOf = async (url: string): Promise<string> => {
  try {
    return await (await fetch(url, { headers: { connection: "close" } })).text();
  } catch {
    return "";
  }
};

it("the README's cluster answers for all its workers, by its primary and by each of them", async () => {
  const [metricsPort, appPort] = [await freePort(), await freePort()];
  const snippet = await snippetOf(new URL("../../README.md", import.meta.url), /joinCluster\(aiwatch\)/);
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, "aiwatch-cluster-"));
  const file = join(folder, "app.mjs");
  await writeFile(file, snippet.replace("9090", String(metricsPort)).replace("8080", String(appPort)));
  const running = await runNode(["--conditions=@aiwatch/source", file]);
  try {
    const app = `http://127.0.0.1:${appPort}`;
    while ((await textOf(app)) !== "done") await new Promise((resolve) => setTimeout(resolve, 50));
    for (let request = 1; request < 10; request += 1) expect(await textOf(app)).toBe("done");
    const ten = 'http_requests_total{method="GET",endpoint="unmatched",status="200"} 10\n';
    expect(await textOf(`http://127.0.0.1:${metricsPort}`)).toContain(ten);
    expect(await textOf(`${app}/metrics`)).toContain(ten);
    expect(running.stderr).toEqual([]);
  } finally {
    await running.stop("SIGKILL");
    await rm(folder, { recursive: true });
  }
});
