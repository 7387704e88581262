import { ShownHeaders } from "./headers.ts";
import { plainMessage } from "./http-message.ts";
import { censored } from "./names.ts";
import type { Rule, RuleOf } from "./rules.ts";
import { withoutUserInfo } from "./shown-url.ts";

/** `JSON.stringify`'s second parameter. */
export type Replacer = (this: object, name: string, value: unknown) => unknown;

/**
 * Decides on each value while JSON is made of it. What is judged is exactly what would be written, getters, classes, `toJSON` and proxies
 * included; nothing is read twice, and nothing of the app's is changed.
 */
export function createReplacer(ruleOf: RuleOf): Replacer {
  return function (name, value) {
    // headers are judged already, and a list's places are no names
    if (ShownHeaders.is(this)) return value;
    const rule = Array.isArray(this) ? undefined : ruleOf(name);
    return shownValue(rule === undefined ? value : shownBy(rule, value, this));
  };
}

/** What cannot be judged is not shown. */
function shownBy(rule: Rule, value: unknown, holder: object): unknown {
  try {
    return rule.when?.(holder) === false ? value : rule.show(value);
  } catch {
    return censored;
  }
}

function shownValue(value: unknown): unknown {
  if (typeof value === "string") return withoutUserInfo(value);
  return typeof value === "object" && value !== null ? (plainMessage(value) ?? value) : value;
}
