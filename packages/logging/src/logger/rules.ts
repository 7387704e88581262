import { HeaderCensor } from "./headers.ts";
import { censored, credentialKind, namesContent, namesUrl, wordsOf } from "./name.ts";
import { ownData } from "./plain-data.ts";
import { withoutQuery } from "./text.ts";

/**
 * What is written of a value under a name that has a rule.
 * @param value as JSON has it: after `toJSON`, and neither a function nor a symbol
 * @param holder the object that has the name
 */
export type Rule = (value: unknown, holder: object) => unknown;

/** The rule of a name, if it has one. */
export type RuleOf = (name: string) => Rule | undefined;

/** Apps log the same few names again and again. Names can also come from outside: so many are remembered. */
const maxRemembered = 2_000;

export interface RuleOptions {
  /** Leaves prompts and answers in. */
  readonly content: boolean;
  /** Names whose values the app wants to be seen, in any spelling. */
  readonly keep: readonly string[];
}

export interface Rules {
  readonly ruleOf: RuleOf;
  readonly headers: HeaderCensor;
}

export function createRules({ content, keep }: RuleOptions): Rules {
  const kept = new Set(keep.map((name) => wordsOf(name).join("")));
  const keeps = (words: readonly string[]) => kept.has(words.join(""));
  const headers = new HeaderCensor(keeps);
  const special = specialRules(headers, content);
  const judge = (name: string): Rule | undefined => {
    const words = wordsOf(name);
    const plain = words.join("");
    if (keeps(words)) return undefined;
    if (Object.hasOwn(special, plain)) return special[plain];
    if (namesContent(words)) return content ? undefined : contentRule;
    return plain.endsWith("headers") ? special["headers"] : ruleOfEnd(words, special);
  };
  return { ruleOf: remembered(judge), headers };
}

/** By what a name ends in. */
function ruleOfEnd(words: readonly string[], special: Readonly<Record<string, Rule>>): Rule | undefined {
  const kind = credentialKind(words);
  const last = words.at(-1);
  if (kind === undefined && (last === "auth" || last === "pwd")) return special[last];
  if (kind !== undefined) return kind === "strong" ? credential : credentialText;
  return namesUrl(words) ? url : undefined;
}

function remembered(judge: RuleOf): RuleOf {
  const rules = new Map<string, Rule | null>();
  return (name) => {
    const known = rules.get(name);
    if (known !== undefined) return known ?? undefined;
    // the places of bytes and lists
    if (isIndex(name)) return undefined;
    const rule = judge(name);
    if (name.length > 80) return rule;
    if (rules.size >= maxRemembered) rules.clear();
    rules.set(name, rule ?? null);
    return rule;
  };
}

function isIndex(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 48 && first <= 57 && /^\d+$/.test(name);
}

/** By plain name; they come before what a name ends in. */
function specialRules(headers: HeaderCensor, content: boolean): Readonly<Record<string, Rule>> {
  const headersRule: Rule = (value, holder) => headers.censor(value, isExchange(holder));
  const rawHeaders: Rule = (value) => headers.censor(value, true);
  return {
    header: headersRule,
    headers: headersRule,
    trailers: headersRule,
    rawheaders: rawHeaders,
    rawtrailers: rawHeaders,
    // `http.request({ auth: "user:password" })`; as an object its parts have names of their own
    auth: (value) => (typeof value === "string" || Array.isArray(value) ? censored : value),
    pass: (value, holder) => (isLogin(holder) ? credentialText(value) : value),
    pwd: (value) => (typeof value === "string" && /^(?:\/|[A-Z]:\\)/.test(value) ? value : credential(value)),
    // of a pair of name and value it is the name
    key: (value, holder) => ("value" in holder ? value : credentialText(value)),
    value: (value, holder) => (isNamedCredential(holder) ? credential(value) : value),
    // a command of a client of Redis
    args: (value, holder) => (/^(?:auth|hello)$/i.test(String(ownData(holder, "name"))) ? unlessEmpty(value) : value),
    path: (value, holder) => (isRequest(holder) ? url(value) : value),
    query: (value, holder) => (isRequest(holder) ? unlessEmpty(value) : value),
    // a client's are the query, a server's are parts of the path, which is shown
    params: (value, holder) => (isRequest(holder) && !("query" in holder) ? unlessEmpty(value) : value),
    search: (value, holder) => (isRequest(holder) ? unlessEmpty(value) : value),
    ...named(
      unlessEmpty,
      "querystring rawquerystring querystringparameters multivaluequerystringparameters searchparams",
    ),
    // what node:http and its clients keep until it is sent
    ...named(unlessEmpty, "outputdata pendingdata requestbodybuffers"),
    ...(!content && {
      content: (value, holder) => (isAnswerPart(holder) ? contentRule(value) : value),
      delta: contentRule,
      tokens: (value) => (Array.isArray(value) && value.some((token) => typeof token === "string") ? censored : value),
      ...named(body, "body rawbody data payload text"),
    }),
  };
}

function named(rule: Rule, names: string): Record<string, Rule> {
  return Object.fromEntries(names.split(" ").map((name) => [name, rule]));
}

/** Whether a rule is that of a credential's name. */
export function isCredential(rule: Rule | undefined): boolean {
  return rule === credential || rule === credentialText;
}

/** A flag, such as `hasPassword`, is no credential. */
const credential = (value: unknown): unknown => (value === null || typeof value === "boolean" ? value : censored);

/** A number is a count, an id or a time, such as `timeToFirstToken`. */
const credentialText = (value: unknown): unknown => (typeof value === "number" ? value : credential(value));

/** A number or a flag, such as `messages: 3`, is no content. */
const contentRule = (value: unknown): unknown => credentialText(value);

/** A URL, or a list of them. */
const url = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map((item) => (typeof item === "string" ? withoutQuery(item) : item));
  return typeof value === "string" ? withoutQuery(value) : value;
};

const unlessEmpty = (value: unknown): unknown => {
  if (value === null || value === "" || typeof value === "boolean") return value;
  return typeof value === "object" && Object.keys(value).length === 0 ? value : censored;
};

/** A body as it was sent or received: no name in it can be seen. */
const body: Rule = (value, holder) =>
  (typeof value === "string" && value !== "") || isBytes(value) ? (isExchange(holder) ? censored : value) : value;

/** Buffers are what their `toJSON` makes of them. */
function isBytes(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return true;
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value;
}

function isLogin(holder: object): boolean {
  return ["user", "username", "email", "login"].some((name) => name in holder);
}

/** A message of a chat, or a piece of an answer as servers of models send it. */
function isAnswerPart(holder: object): boolean {
  return "role" in holder || "stop" in holder || "finish_reason" in holder;
}

/** A request as serializers, clients and gateways write it down, or a URL in its parts. */
function isRequest(holder: object): boolean {
  if ("href" in holder && "pathname" in holder) return true;
  if (!("method" in holder || "httpMethod" in holder)) return false;
  return ["url", "headers", "header", "path"].some((name) => name in holder);
}

/** A request, or what came back for one. */
function isExchange(holder: object): boolean {
  try {
    return isRequest(holder) || isAnswer(holder);
  } catch {
    return true;
  }
}

function isAnswer(holder: object): boolean {
  if (!("headers" in holder || "header" in holder)) return false;
  if ("requestContext" in holder || "isBase64Encoded" in holder) return true;
  return typeof ownData(holder, "statusCode") === "number" || typeof ownData(holder, "status") === "number";
}

/** What has the name beside a value: headers in archives of HTTP, variables, fields that a validator names. */
const namings = ["name", "Name", "key", "Key", "header", "path", "property", "field", "param"];

function isNamedCredential(holder: object): boolean {
  const name = namings.map((each) => ownData(holder, each)).find(isText);
  return name !== undefined && credentialKind(wordsOf(name)) !== undefined;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}
