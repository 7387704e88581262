import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { modelCallOf } from "./model-call.ts";

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

const megabyte = 1_000_000;
const url = "http://127.0.0.1:8080/v1/chat/completions";
const post = { method: "POST", body: JSON.stringify({ model: "tiny" }) };

const numbered = (number: number, more = "") => url.replace("/v1", `/${number}${more}/v1`);

test.each([
  ["long ones", (number: number) => numbered(number, "a".repeat(megabyte))],
  ["pieces of a long text", (number: number) => `${"a".repeat(megabyte)}${numbered(number)}`.slice(megabyte)],
])("of the app's URLs none is held: %s", (_kind, urlOf) => {
  collect();
  const before = process.memoryUsage().heapUsed;
  for (let number = 0; number < 90; number += 1) {
    expect(modelCallOf([urlOf(number), post])).toMatchObject({ requested: "tiny", address: { port: 8080 } });
  }
  collect();
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(5 * megabyte);
});

test("a URL is known by its text: another one leads elsewhere", () => {
  const servers = ["a", "b", "a"].map((host) => modelCallOf([`http://${host}/v1/chat/completions`, post])?.server);
  expect(servers).toEqual(["http://a", "http://b", "http://a"]);
});
