import { once } from "node:events";
import { expect, it } from "vitest";
import { createTestAiwatch } from "../testing/index.ts";
import { warnOfUnknownOptions } from "./received.ts";

async function warningOf(action: () => void): Promise<string> {
  const warned = once(process, "warning");
  action();
  const [warning] = (await warned) as [Error & { code: string }];
  expect(warning).toMatchObject({ name: "AiwatchWarning", code: "AIWATCH_UNKNOWN_OPTION" });
  return warning.message;
}

it.each([
  [
    { serviceName: "chat-api" },
    'createAiwatch() has no option "serviceName", which does nothing: its options are service, ',
  ],
  [
    { slo: { ttftMs: 500 } },
    'the option slo of createAiwatch() has no option "ttftMs", which does nothing: its options are requestF',
  ],
  [
    { health: { disc: true } },
    'the option health of createAiwatch() has no option "disc", which does nothing: its options are timeout',
  ],
  [
    { content: { max: 1 } },
    'the option content of createAiwatch() has no option "max", which does nothing: its options are target, ',
  ],
])("an option that is misspelt, as in %j, is named by a warning with those that there are", async (options, words) => {
  expect(await warningOf(() => createTestAiwatch(options as object))).toContain(words);
});

it("each is told of once, and those that there are never", async () => {
  const warnings: string[] = [];
  const listen = ({ message }: Error) => void warnings.push(message);
  process.on("warning", listen);
  for (let time = 0; time < 3; time += 1) warnOfUnknownOptions("first()", { known: 1, unknown: 1 }, ["known"]);
  warnOfUnknownOptions("second()", { unknown: 1, known: 1 }, ["known"]);
  createTestAiwatch({ slo: { target: 0.9 }, health: { disk: false }, content: { maxLength: 10 }, exitReport: false });
  await new Promise(setImmediate);
  process.off("warning", listen);
  expect(warnings).toEqual([
    'first() has no option "unknown", which does nothing: its options are known.',
    'second() has no option "unknown", which does nothing: its options are known.',
  ]);
});
