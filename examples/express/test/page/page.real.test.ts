import { describeWithTool } from "@aiwatch/testkit";
import { describePage } from "./test-support/describe-page.ts";
import { inProcess, onLlamaServer } from "./test-support/model-stages.ts";

// each look with one of the models; each with both in the long tests
describeWithTool("chromium", "the chat page in a real browser", () => describePage(inProcess, ["light", "narrow"]));

describeWithTool(["chromium", "llama-server"], "the chat page on a real llama-server", () =>
  describePage(onLlamaServer(), ["dark", "narrowest"]),
);
