import { tmpdir } from "node:os";
import { type DecodedSpan, type FinishedProcess, otlpReceiver, runToEnd } from "@aiwatch/testkit";

/** What a bundled chat saw of itself, and what became of its spans. */
export interface BundleRun extends Pick<FinishedProcess, "code" | "stderr"> {
  readonly seen: {
    readonly status: number;
    readonly text: string;
    readonly health: string;
    readonly metrics: readonly string[];
    readonly lines: readonly string[];
  };
  readonly spans: readonly DecodedSpan[];
}

/** Runs a bundle to its end. Rejects where it does not come to one. */
export async function runBundle(
  program: string,
  file: string,
  env: Readonly<Record<string, string>> = {},
): Promise<BundleRun> {
  const receiver = await otlpReceiver();
  try {
    const settings = { OTLP_ENDPOINT: receiver.endpoint, AIWATCH_SERVICE: "bundled", ...env };
    // from elsewhere: what is beside a bundle is found from the bundle
    const options = { cwd: tmpdir(), env: settings, timeoutMs: 170_000 };
    const { code, stdout, stderr } = await runToEnd(program, [file], options);
    // a bundle's error quotes a line of it, which is all of it
    if (code !== 0) throw new Error(`${file} ended with ${code}: ${stderr.slice(-2_000)}`);
    const last = stdout.trimEnd().split("\n").at(-1) ?? "";
    return { code, stderr, seen: JSON.parse(last), spans: receiver.spans() };
  } finally {
    await receiver.close();
  }
}
