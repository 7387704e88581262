import { describeWithTool } from "@aiwatch/testkit";
import { describePage } from "./test-support/describe-page.ts";
import { onLlamaServer } from "./test-support/model-stages.ts";

describeWithTool(["chromium", "llama-server"], "the chat page on a real llama-server", () =>
  describePage(onLlamaServer()),
);
