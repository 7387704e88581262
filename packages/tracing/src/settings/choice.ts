import { type Environment, invalidSetting, readChoice } from "@aiwatch/core/adapter";

/** One of a closed list, by the option `name` or the first of `variables` that is set. */
export function readOptionOrVariable<const Choice extends string>(
  name: string,
  option: Choice | undefined,
  variables: readonly string[],
  choices: readonly Choice[],
  environment: Environment,
): Choice | undefined {
  if (option === undefined) return readChoice({ variables, environment }, choices);
  if (!choices.includes(option)) throw invalidSetting(name, option, `one of ${choices.join(", ")}`);
  return option;
}
