import { testServer } from "@aiwatch/testkit";
import { expect, it } from "vitest";
import { startReporter } from "./index.ts";

it("does nothing outside of a page, and its parts work", async () => {
  const reporter = startReporter({ vitals: { onLCP: () => expect.unreachable() } });
  const answer = reporter.answer();
  expect(answer.traceparent).toMatch(new RegExp(`^00-${answer.traceId}-[0-9a-f]{16}-01$`));
  expect(answer.traceId).toMatch(/^[0-9a-f]{32}$/);
  answer.firstToken();
  answer.end("answered");
  const seen: (string | undefined)[] = [];
  const server = await testServer((req, res) => res.end(String(seen.push(req.headers["traceparent"] as string))));
  try {
    expect(await (await reporter.fetch(server.url)).text()).toBe("1");
    expect(seen).toEqual([undefined]);
    await reporter.flush();
    reporter.stop();
  } finally {
    await server.close();
  }
});

it.each([
  [{ sample: 2 }, "sample: 2 is not a share, 0 to 1"],
  [{ sample: Number.NaN }, "sample: null is not a share, 0 to 1"],
  [
    { propagateTo: ["api.example.com"] },
    'propagateTo: "api.example.com" is not an origin such as https://api.example.com',
  ],
  [{ propagateTo: "localhost:8080" }, 'propagateTo: "localhost:8080" is not an origin such as https://api.example.com'],
])("says at the start what is wrong with %j", (options, message) => {
  const error = expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT", message });
  expect(() => startReporter(options)).toThrow(error);
});

it("takes one origin in place of a list", () => {
  startReporter({ propagateTo: "https://api.example.com" }).stop();
});
