import { describeWithTool } from "@aiwatch/testkit";
import { describePage } from "./test-support/describe-page.ts";
import { inProcess } from "./test-support/model-stages.ts";

// on llama-server, CI plays what is in llama-server.real.test.ts, and the long tests all of it
describeWithTool("chromium", "the chat page in a real browser", () => describePage(inProcess));
