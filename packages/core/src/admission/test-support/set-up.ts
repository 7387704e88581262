import { type AdmissionOutcome, admissionOutcomes } from "../../catalogue/values.ts";
import { closeRequest, type RequestScope, requestScopes } from "../../request/scope.ts";
import { createTestAiwatch, fakeClock, type TestAiwatch } from "../../testing/index.ts";
import type { AdmissionOptions } from "../admission.ts";

/** A promise that is settled by hand. */
export function pending<Value>() {
  let settle = { resolve(_value: Value) {}, reject(_error: unknown) {} };
  const promise = new Promise<Value>((resolve, reject) => {
    settle = { resolve, reject };
  });
  return { promise, ...settle };
}

type Figures = Readonly<Record<AdmissionOutcome | "waiting" | "waits" | "seconds", number | undefined>>;

/** What the three metrics say of one queue. */
export async function figuresOf({ sample }: Pick<TestAiwatch, "sample">, queue = "line"): Promise<Figures> {
  const counts = admissionOutcomes.map(async (outcome) => {
    const count = await sample("genai_app_admissions_total", { queue, outcome });
    return [outcome, count] as const;
  });
  return {
    waiting: await sample("genai_app_admission_waiting", { queue }),
    waits: await sample("genai_app_admission_wait_seconds_count", { queue }),
    seconds: await sample("genai_app_admission_wait_seconds_sum", { queue }),
    ...(Object.fromEntries(await Promise.all(counts)) as Record<AdmissionOutcome, number | undefined>),
  };
}

/** Where nothing happened yet. */
export const noFigures = { waiting: 0, waits: 0, seconds: 0, admitted: 0, refused: 0, left: 0, failed: 0 };

/** An instance with a clock that moves by hand, and one queue of it. */
export function setUp(options: Partial<AdmissionOptions> = {}) {
  const clock = fakeClock();
  const test = createTestAiwatch({ clock });
  const admission = test.aiwatch.admission({ queue: "line", ...options });
  return { ...test, clock, admission, figures: () => figuresOf(test) };
}

/** A request that `run` runs in, and that `close` closes. */
export function openRequest() {
  const scope: RequestScope = { requestId: "r", chat: false, closed: false };
  return {
    scope,
    run: <Result>(action: () => Result): Result => requestScopes().run(scope, action),
    close: () => closeRequest(scope),
  };
}
