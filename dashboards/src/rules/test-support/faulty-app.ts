import cluster from "node:cluster";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";
import { createAiwatch, metricsHandler } from "@aiwatch/core";
import { joinCluster } from "@aiwatch/core/cluster";

/**
 * A program with what the demo cannot be brought to: one of its observers throws, it names more models than there may be, its engine
 * begins no inference, one of its models has a full context, and one of its cluster's workers is stuck. It goes on until it is killed.
 */
const aiwatch = createAiwatch({
  service: "faulty-app",
  observers: [
    {
      name: "broken",
      inferenceEnded() {
        throw new Error("this observer is broken");
      },
    },
  ],
});
joinCluster(aiwatch);

if (cluster.isPrimary) {
  cluster.fork();
  const server = createServer(metricsHandler(aiwatch)).listen(0, "127.0.0.1", () => {
    process.stdout.write(`listening on ${(server.address() as AddressInfo).port}\n`);
  });
  const queued = Array.from({ length: 5 }, () => aiwatch.startInference({ model: "never-begun" }));
  for (let round = 0; queued.length > 0; round += 1) {
    for (let index = 0; index < 10; index += 1)
      aiwatch.startInference({ model: `model-${round}-${index}` }).end({ unified: "stop" });
    const full = aiwatch.startInference({ model: "shifting" });
    full.contextShift();
    full.end({ unified: "length" });
    await sleep(2000);
  }
} else {
  // the primary has to hear of it before it is stuck; it ends with the primary, whose outputs it has
  const primary = process.ppid;
  await sleep(5000);
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  while (process.ppid === primary) Atomics.wait(nothing, 0, 0, 1000);
  process.exit();
}
