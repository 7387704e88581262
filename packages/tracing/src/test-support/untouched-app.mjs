import { withSpan } from "@aiwatch/core";
import { trace } from "@opentelemetry/api";

// an app that knows nothing of our tracing; `close` as its argument: it closes its instance and is then killed
trace.getTracer("the app's").startSpan("its own").end();
withSpan("from core", () => undefined);
process.stdout.write("runs");
if (process.argv[2] === "close") {
  const { createAiwatch } = await import("@aiwatch/core");
  await createAiwatch().close();
  process.kill(process.pid, "SIGKILL");
}
