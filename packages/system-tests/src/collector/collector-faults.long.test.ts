import { expect, it } from "vitest";
import { describeFaults, parts, restBefore, rests } from "./test-support/describe-faults.ts";

const total = 200_000;

describeFaults(total, (looks) => {
  it.each(parts.slice(2))("keeps its memory: %s", (part) => {
    // a process has the size that it keeps after some 40,000 requests
    expect(looks.get(part)!.rss - looks.get("still healthy")!.rss).toBeLessThan(64_000_000);
  });

  it("leaves the heap flat", () => {
    // 16 bytes for each request: no object is smaller. The first part is what compiling takes
    for (const part of rests.slice(2)) {
      const [before, since] = restBefore(part);
      const requests = (since * total) / 10;
      expect(looks.get(part)!.heapUsed - looks.get(before)!.heapUsed).toBeLessThan(16 * requests);
    }
  });
});
