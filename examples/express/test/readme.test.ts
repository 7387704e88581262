import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { postChat } from "./support/chat.ts";
import { startDemo } from "./support/demo.ts";

const readme = await readFile(new URL("../README.md", import.meta.url), "utf8");

test("what the README asks is answered", async () => {
  const { url, process } = await startDemo();
  try {
    const bodies = [...readme.matchAll(/\/chat .* -d '([^']+)'/g)].map(([, body = ""]) => body);
    const paths = [...readme.matchAll(/^curl (?:-s )?http:\/\/127\.0\.0\.1:8080(\/\S+)/gm)].map(
      ([, path = ""]) => path,
    );
    expect([bodies.length, paths]).toEqual([2, ["/metrics/summary", "/metrics"]]);
    const answers = await Promise.all([
      ...bodies.map((body) => postChat(url, body)),
      ...paths.map((path) => fetch(url + path)),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    for (const answer of answers) expect(await answer.text()).not.toBe("");
  } finally {
    await process.stop();
  }
});

test("every file that the README points at is there", async () => {
  const files = [...readme.matchAll(/\]\((src\/[^)]+)\)/g)].map(([, file = ""]) => file);
  expect(files).toHaveLength(10);
  for (const file of files) expect(await readFile(new URL(`../${file}`, import.meta.url), "utf8")).not.toBe("");
});
