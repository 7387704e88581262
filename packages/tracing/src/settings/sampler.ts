import { type Environment, invalidSetting, readSetting } from "@aiwatch/core";

const samplers = [
  "always_on",
  "always_off",
  "traceidratio",
  "parentbased_always_on",
  "parentbased_always_off",
  "parentbased_traceidratio",
] as const;

const ratioExpected = "a number from 0 to 1";

/**
 * The option, where it is given. Without it the SDK reads `OTEL_TRACES_SAMPLER` by itself; what it would quietly take for another value is
 * refused here.
 */
export function readSampleRatio(option: number | undefined, environment: Environment): number | undefined {
  if (option !== undefined) {
    if (!isRatio(option)) throw invalidSetting("sampleRatio", option, ratioExpected);
    return option;
  }
  const sampler = readSetting(
    { option: undefined, variables: ["OTEL_TRACES_SAMPLER"], environment },
    (text) => samplers.find((name) => name === text),
    `one of ${samplers.join(", ")}`,
  );
  if (sampler?.endsWith("traceidratio")) {
    readSetting({ option: undefined, variables: ["OTEL_TRACES_SAMPLER_ARG"], environment }, ratioOf, ratioExpected);
  }
  return undefined;
}

function ratioOf(text: string): number | undefined {
  const ratio = Number(text);
  return isRatio(ratio) ? ratio : undefined;
}

function isRatio(value: number): boolean {
  return value >= 0 && value <= 1;
}
