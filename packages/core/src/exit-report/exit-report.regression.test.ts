import { fileURLToPath } from "node:url";
import { runToEnd } from "@aiwatch/testkit";
import { describe, expect, it } from "vitest";

const cwd = fileURLToPath(new URL("../..", import.meta.url));
const flags = ["--conditions=@aiwatch/source", "--disable-warning=ExperimentalWarning", "--input-type=module"];

function run(program: string, ...more: string[]) {
  const stdin = `import { createAiwatch } from "./src/index.ts"; ${program}`;
  return runToEnd(process.execPath, [...flags, ...more], { cwd, stdin });
}

describe("one odd record", () => {
  it.each([
    ["without a finish reason", "{ promptTokens: 3 }", "2 stop"],
    ["with one that is no text", "{ unified: 5 }", "2 stop"],
    ["with one that cannot be shown", "{ unified: Object.create(null) }", "2 stop"],
    ["with none at all", "", "2 stop"],
  ])("%s costs the report nothing else", async (_, reason, endings) => {
    const { code, stderr } = await run(`
      const aiwatch = createAiwatch({ exitReport: true });
      const { log } = console;
      aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" }, { promptTokens: 3, outputTokens: 2 });
      aiwatch.startInference({ model: "tiny" }).end(${reason});
      log(JSON.stringify(aiwatch.summary().inferences));`);
    expect(code).toBe(0);
    expect(stderr).toContain(`inferences              2 (${endings})\n    tokens                  3 in, 2 out\n`);
  });
});

describe("an instance that was closed", () => {
  it("is forgotten, but for what is reported of it", async () => {
    const program = `
      import { Registry } from "prom-client";
      const registries = [];
      for (let i = 0; i < 30; i += 1) {
        const aiwatch = createAiwatch({ registry: new Registry(), exitReport: true });
        registries.push(new WeakRef(aiwatch));
        if (i === 3) aiwatch.startInference({ model: "tiny" }).end({ unified: "stop" });
        await aiwatch.close();
      }
      await new Promise(setImmediate);
      gc();
      console.log(registries.filter((ref) => ref.deref() !== undefined).length <= 1);`;
    const { stdout, stderr } = await run(program, "--expose-gc");
    expect(stdout).toBe("true\n");
    expect(stderr).toBe("AIWatch, at exit\n  tiny\n    inferences              1 (1 stop)\n");
  });
});
