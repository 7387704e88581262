/** Tracing is asked for where no SDK is installed. */
import { createAiwatch, isAiwatchError } from "@aiwatch/core";
import { startTracing, withSpan } from "@aiwatch/tracing";

const { reason } = startTracing();
const answer = withSpan("answer", () => "answered");
await createAiwatch().close();
try {
  startTracing({ enabled: true });
} catch (error) {
  const { code, message } = isAiwatchError(error) ? error : {};
  process.stdout.write(JSON.stringify({ reason, answer, code, message }));
}
