export { type FakeClock, fakeClock } from "./fake-clock.ts";
export { createTestAiwatch, type TestAiwatch } from "./test-aiwatch.ts";
