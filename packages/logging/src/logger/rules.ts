import { createHeaderRule } from "./headers.ts";
import { censored, namesContent, namesCredential, namesUrl, plainName } from "./names.ts";
import { shownUrl } from "./shown-url.ts";

/** What is done with the value of a name. */
export interface Rule {
  /** Whether it holds for an object that has the name, where that decides. @default it always does */
  readonly when?: (holder: object) => boolean;
  /** The value as it may stand in a line. It changes nothing, and never throws. */
  readonly show: (value: unknown) => unknown;
}

/** The rule of a name, if it has one. */
export type RuleOf = (name: string) => Rule | undefined;

/** Apps log the same few names again and again: each is judged once. */
const maxJudged = 1_000;

/**
 * @param content leaves prompts and answers in
 * @param keep names whose values the app wants to see, in any spelling
 */
export function createRules(content: boolean, keep: readonly string[]): RuleOf {
  const kept = new Set(keep.map(plainName));
  const judge = createJudge(content, (plain) => kept.has(plain));
  const judged = new Map<string, Rule | null>();
  return (name) => {
    const known = judged.get(name);
    if (known !== undefined) return known ?? undefined;
    const rule = judge(plainName(name));
    if (judged.size < maxJudged) judged.set(name, rule ?? null);
    return rule;
  };
}

function createJudge(content: boolean, keeps: (plain: string) => boolean): (plain: string) => Rule | undefined {
  const headers = createHeaderRule(keeps);
  const credential: Rule = { show: (value) => (holdsNothing(value) ? value : censored) };
  const url: Rule = { show: (value) => (typeof value === "string" ? shownUrl(value) : value) };
  const headersRule: Rule = { show: (value) => headers(value) };
  const rawHeaders: Rule = { show: (value) => headers(value, true) };
  const named: Rule = { when: isNamedCredential, show: credential.show };
  const byName: Readonly<Record<string, Rule>> = {
    // `http.request({ auth: "user:password" })`; as an object its parts have names of their own
    auth: { show: (value) => (typeof value === "string" ? censored : value) },
    header: headersRule,
    trailers: headersRule,
    rawheaders: rawHeaders,
    rawtrailers: rawHeaders,
    path: { when: isRequest, show: url.show },
    value: named,
    ...Object.fromEntries(["query", "querystring", "params", "search", "searchparams"].map((name) => [name, query])),
    ...(!content && {
      content: { when: (holder) => "role" in holder, show: contents.show },
      ...Object.fromEntries(["body", "rawbody", "data", "payload", "text"].map((name) => [name, body])),
    }),
  };
  return (plain) => {
    if (keeps(plain)) return undefined;
    if (Object.hasOwn(byName, plain)) return byName[plain];
    if (plain.endsWith("headers")) return headersRule;
    if (namesCredential(plain)) return credential;
    if (namesContent(plain)) return content ? undefined : contents;
    return namesUrl(plain) ? url : undefined;
  };
}

/** A number or a flag, such as `messages: 3`, holds no content and stays. */
const contents: Rule = {
  show: (value) => (holdsNothing(value) || typeof value === "number" ? value : censored),
};

/** What is sent with a request's URL, which is shown without it. */
const query: Rule = {
  when: isRequest,
  show: (value) => (isEmpty(value) ? value : censored),
};

/** A body as it was sent or received, in which no name can be seen. */
const body: Rule = {
  when: isExchange,
  show: (value) => (typeof value === "string" || isBytes(value) ? censored : value),
};

function holdsNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === "boolean";
}

function isEmpty(value: unknown): boolean {
  if (holdsNothing(value) || value === "") return true;
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Node's buffers, before and after their `toJSON`. */
function isBytes(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return true;
  return typeof value === "object" && value !== null && "type" in value && value.type === "Buffer" && "data" in value;
}

/** A request as serializers and clients write it down. */
function isRequest(holder: object): boolean {
  return "method" in holder && ("url" in holder || "headers" in holder || "header" in holder || "path" in holder);
}

/** A request, or what came back for one. */
function isExchange(holder: object): boolean {
  if (isRequest(holder)) return true;
  if (!("headers" in holder || "header" in holder)) return false;
  const status: unknown = "statusCode" in holder ? holder.statusCode : "status" in holder ? holder.status : undefined;
  return typeof status === "number";
}

/** `{ name: "authorization", value: "…" }`, as archives of HTTP and many clients write headers. */
function isNamedCredential(holder: object): boolean {
  const name: unknown = "name" in holder ? holder.name : "key" in holder ? holder.key : undefined;
  return typeof name === "string" && namesCredential(plainName(name));
}
