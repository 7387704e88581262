import { readFile } from "node:fs/promises";
import { expect, it } from "vitest";
import { hostOf } from "../aiwatch/aiwatch.ts";
import { closeRequest, type RequestScope, requestScopes } from "../request/scope.ts";
import type { SummaryAnswer } from "../summary/schema.ts";
import { createTestAiwatch, fakeClock } from "../testing/index.ts";
import { Moment } from "./moment.ts";
import type { LiveTick } from "./schema.ts";

const page = new URL("../../../../docs/reference/live.md", import.meta.url);

it("docs/reference/live.md shows a tick with the fields that there are, in their order", async () => {
  const clock = fakeClock(1000);
  const { aiwatch } = createTestAiwatch({ clock });
  const request: RequestScope = { requestId: "0f3c", chat: false, closed: false };
  const view = (summary: object) =>
    new Moment(clock.now(), summary as SummaryAnswer, hostOf(aiwatch).chats.part()).view(true);
  const inference = requestScopes().run(request, () => aiwatch.startInference({ model: "tiny" }));
  inference.evaluationBegun();
  const before = view({ tokensGenerated: 1, tokenDebt: {}, uptimeSeconds: 1, now: aiwatch.summary().now });
  clock.advance(1000);
  inference.token();
  const now = { tokensGenerated: 2, uptimeSeconds: 2, now: { ...aiwatch.summary().now, active: 2 } };
  const text = Buffer.from(view(now).tickSince(before)?.bytes ?? []).toString();
  const made: LiveTick = JSON.parse(/^data: (.*)$/m.exec(text)?.[1] ?? "");
  const [, json = ""] = /```json\n([^`]+)```/.exec(await readFile(page, "utf8")) ?? [];
  const shown: LiveTick = JSON.parse(json);
  const fieldsOf = ({ summary, chats, ...tick }: LiveTick) => ({
    tick: Object.keys(tick),
    summary: Object.keys(summary),
    gone: Object.entries(summary).flatMap(([name, value]) => (value === null ? [name] : [])),
    chats: Object.keys(chats),
    chat: Object.keys(chats.changed[0] ?? {}),
  });
  expect(fieldsOf(shown)).toEqual(fieldsOf(made));
  closeRequest(request);
});
