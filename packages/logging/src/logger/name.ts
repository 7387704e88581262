/** What stands in the place of a value that nobody may read. */
export const censored = "[Redacted]";

/** What a name says of its value: `strong` where nothing else is ever called so, `weak` where a number is a count or an id. */
export type CredentialKind = "strong" | "weak";

/** The words of a name in lower case, whatever its spelling: `X-API-Key`, `x_api_key` and `xApiKey2` are `x`, `api`, `key`. */
export function wordsOf(name: string): readonly string[] {
  const words = name
    .slice(-80)
    .replace(/([a-z\d])([A-Z])/g, "$1 $2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1 $2")
    .toLowerCase()
    .replace(/[^a-z\d]*\d*[^a-z\d]*$/, "");
  return words.split(/[^a-z\d]+/).filter((word) => word !== "");
}

/** Says how a credential is written, not what it is: `passwordHash`, `privateKeyPem`. */
const forms = new Set("base64 b64 hash header hex pem plain raw string text value".split(" "));

const strong = new RegExp(
  `(?:${[
    "(?:secret|password|passwd|passphrase|credential|cookie|jwt|connectionstring)s?",
    "authorization|basicauth",
    "(?:access|account|api|auth|encryption|master|private|secret|service|shared|signing|ssh)keys?",
    "(?:access|api|auth|bearer|id|refresh|session)tokens",
    "(?:db|ftp|mail|mysql|pg|redis|smtp|user)pass",
  ].join("|")})$`,
);

const strongWords = new Set("assertion bearer creds csrf dsn otp pfx sid xsrf".split(" "));

/** Tokens of a language and pages of a list, which let nobody in. */
const harmlessTokens = new Set(
  `begin bos cls completion continuation current end eog eos eot fim first input last mask max min new next output pad page per prefix prev
   previous prompt sep special start stop suffix total unk unknown`.split(/\s+/),
);

/** Keys by which something is found, and not opened. */
const harmlessKeys = new Set(
  `arrow attribute cache column composite config dedupe doc document end entity error evaluated event feature field file flag foreign group hot
   idempotency index issue item job json label locale lock log lookup map message metric natural object order partition path pressed primary
   product project public query queue range record redis registry route routing row s3 series setting shard shortcut sort start storage
   surrogate template trace translation unique`.split(/\s+/),
);

/** Whether what has a name can let somebody in, by what the name ends in. */
export function credentialKind(words: readonly string[]): CredentialKind | undefined {
  const named = withoutForms(words);
  const [last = "", before] = named.toReversed();
  if (strong.test(words.join("")) || strong.test(`${before ?? ""}${last}`)) return "strong";
  if (strongWords.has(last) || named.join("") === "token") return "strong";
  // the header of that name, not what is called so by itself
  if (last === "auth" && named.length < words.length) return "weak";
  return isWeak(last, before) ? "weak" : undefined;
}

function isWeak(last: string, before: string | undefined): boolean {
  if (last.endsWith("token")) return before === undefined || !harmlessTokens.has(before);
  if (before === undefined) return false;
  return last === "key" ? !harmlessKeys.has(before) : last === "pass" && before !== "first";
}

function withoutForms(words: readonly string[]): readonly string[] {
  const end = words.findLastIndex((word) => !forms.has(word));
  return words.slice(0, Math.max(1, end + 1));
}

/** Whether a URL, or a list of them, has a name. */
export function namesUrl(words: readonly string[]): boolean {
  const last = words.at(-1) ?? "";
  if (/^(?:endpoint|href|link|location|redirect|referer|referrer|ur[il])s?$/.test(last)) return true;
  return words.length === 1 && /^(?:base|callback|original|redirect|request|target|web)ur[il]s?$/.test(last);
}

const contents = new Set(["prompt", "systemprompt", "messages", "completion"]);

/** Whether a prompt or an answer has a name. */
export function namesContent(words: readonly string[]): boolean {
  return contents.has(words.join(""));
}
