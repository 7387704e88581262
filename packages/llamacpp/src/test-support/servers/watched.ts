import { createTestAiwatch, type TestAiwatch } from "@aiwatch/core/testing";
import { onTestFinished } from "vitest";
import { type WatchOptions, watchLlamaServer } from "../../server.ts";

/** A clock that a test moves on, so that no reading holds longer than it is meant to. */
export function steppedClock() {
  let now = 0;
  return {
    now: () => now,
    /** Past the time for which a reading holds. */
    step: () => {
      now += 1000;
    },
  };
}

/** A watched server, and what is shown of it. */
export function watched(options: Omit<WatchOptions, "aiwatch">, test?: TestAiwatch) {
  const clock = steppedClock();
  const own = test ?? createTestAiwatch({ clock });
  const server = watchLlamaServer({ ...options, aiwatch: own.aiwatch });
  onTestFinished(() => server.close());
  const { registry, aiwatch, diagnostics } = own;
  /** The series of its rows by their names and labels, without those of the server. */
  const figures = async () => {
    // one that is under way began before the question
    await server.read();
    clock.step();
    const lines = (await registry.metrics()).split("\n");
    const rows = lines.flatMap((line) => /^genai_app_((?:model|llamacpp)_server_.*) (\S+)$/.exec(line)?.slice(1) ?? []);
    const shown: Record<string, number> = {};
    for (let n = 0; n < rows.length; n += 2) {
      const name = rows[n]!.replace(/server="[^"]*",?/, "").replace("{}", "");
      shown[name] = Number(rows[n + 1]);
    }
    return shown;
  };
  return { server, registry, aiwatch, diagnostics, clock, figures, sample: own.sample };
}
