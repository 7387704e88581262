/** Run as a process of its own: it ends right after a sequence was disposed under a call, and writes at the very end how that ended. */
import { createAiwatch } from "@aiwatch/core";
import type { Instrumentable } from "../engine/types.ts";
import { instrumentModel } from "../instrument-model.ts";
import { countSpans } from "./count-spans.ts";
import { UnsettledSequence, unsettledCalls } from "./unsettled-engine.ts";

const spans = countSpans();
const types: (string | undefined)[] = [];
const observer = {
  name: "types",
  inferenceEnded: ({ failure }: { failure?: { type: string } }) => types.push(failure?.type),
};
const aiwatch = createAiwatch({ exitReport: true, observers: [observer] });
process.on("exit", () => process.stdout.write(JSON.stringify({ types, openSpans: spans.open() })));

const sequence = new UnsettledSequence();
const observe = (target: object) => void instrumentModel(target as Instrumentable, { aiwatch, model: "tiny" });
void unsettledCalls["a prompt"]?.(sequence, observe)();
sequence.dispose();
const [, , how] = process.argv;
if (how === "close") await aiwatch.close();
if (how !== "end") process.exit();
