import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { closeRequest, type RequestScope, requestScopes } from "../request/scope.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";

const page = new URL("../../../../docs/reference/summary.md", import.meta.url);

/** The paths of all fields, in their order. */
function fieldsOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [path, ...value.slice(0, 1).flatMap((each) => fieldsOf(each, `${path}[]`))];
  if (typeof value !== "object" || value === null) return [path];
  return Object.entries(value).flatMap(([name, each]) => fieldsOf(each, `${path}.${name}`));
}

it("docs/reference/summary.md shows the fields that there are, in their order", async () => {
  const clock = fakeClock(1000);
  const { aiwatch } = createTestAiwatch({ clock, slo: { firstTokenMs: 500 } });
  const request: RequestScope = { requestId: "0f3c", chat: false, closed: false };
  const begin = () => requestScopes().run(request, () => aiwatch.startInference({ model: "tiny" }));
  for (const end of ["first", "second"]) {
    const inference = begin();
    inference.evaluationBegun();
    clock.advance(5000);
    inference.token();
    clock.advance(10);
    inference.token();
    if (end === "first") inference.end({ unified: "stop" });
  }
  aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
  const { models: _, ...summary } = aiwatch.summary();
  const list = { schema: 2, underWay: 1, chats: hostOf(aiwatch).chats.list() };
  const [shownSummary, shownList] = Array.from(
    (await readFile(page, "utf8")).matchAll(/```json\n([^`]+)```/g),
    ([, text]) => JSON.parse(text as string),
  );
  const { models: _none, state, ...shown } = shownSummary;
  expect(state).toBe("ready");
  expect(fieldsOf(shown)).toEqual(fieldsOf(summary));
  expect(fieldsOf(shownList)).toEqual(fieldsOf(list));
  closeRequest(request);
});
