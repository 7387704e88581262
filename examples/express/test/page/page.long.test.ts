import { describeWithTool } from "@aiwatch/testkit";
import { describePage } from "./test-support/describe-page.ts";
import { inProcess, onLlamaServer } from "./test-support/model-stages.ts";

describeWithTool("chromium", "the chat page in a real browser, in the other looks", () =>
  describePage(inProcess, ["dark", "narrowest"]),
);

describeWithTool(["chromium", "llama-server"], "the chat page on a real llama-server, in the other looks", () =>
  describePage(onLlamaServer(), ["light", "narrow"]),
);
