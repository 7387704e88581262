import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { ask, startExample } from "./support/example.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

test("what the README asks is answered", async () => {
  const { url, process } = await startExample();
  try {
    const bodies = [...readme.matchAll(/\/chat .* -d '([^']+)'/g)].map(([, body = ""]) => JSON.parse(body));
    const paths = [...readme.matchAll(/^curl (?:-s )?http:\/\/127\.0\.0\.1:8080(\/\S+)/gm)].map(([, path]) => path);
    expect([bodies.length, paths]).toEqual([1, ["/metrics", "/metrics/summary", "/readyz"]]);
    const answers = [...bodies.map((body) => ask(url, body)), ...paths.map((path) => fetch(url + path))];
    for (const answer of await Promise.all(answers)) expect(answer.status).toBe(200);
  } finally {
    await process.stop();
  }
});

test("every file that the README points at is there", async () => {
  const files = [...readme.matchAll(/\]\((\S+?\.(?:js|md))\)/g)].map(([, file = ""]) => file);
  expect(files).toHaveLength(11);
  for (const file of files) expect(await readFile(new URL(`../${file}`, import.meta.url), "utf8")).not.toBe("");
});
