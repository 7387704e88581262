/** Stands in place of a value that must not be read. */
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

/** How, when or for what a credential is written, not what it is: `passwordHash`, `SECRET_KEY_BASE`, `apiKeyV2`. */
const forms = new Set(
  `again b base binary buffer bytes confirm confirmation current dev digest encoded encrypted hash hashed header hex hint json list live map md new
   old pem plain prod raw repeat sha staging string test v value`.split(/\s+/),
);

const strong = new RegExp(
  `(?:${[
    "(?:secret|password|passwd|passphrase|credential|jwt|jwk|connectionstring)s?",
    "authorization|basicauth|connstr|connstring|codeverifier|kubeconfig|mnemonic|pincode|privatepem|samlresponse|seedphrase|sessid|jsessionid",
    "(?:access|account|api|auth|encryption|master|private|secret|service|shared|signing|ssh)keys?",
    "(?:access|api|auth|bearer|id|refresh|session)tokens",
    "(?:access|auth|authorization|backup|mfa|otp|pass|recovery|verification)codes?",
    "(?:auth|db|ftp|key|mail|mysql|pg|redis|require|smtp|ssh|store|user)pass|masterauth",
    "(?:github|gitlab|azure)pat|(?:connect|express|session)sid",
  ].join("|")})$`,
);

/** Credentials where they are the last word, and where they are the whole name. */
const strongWords = new Set("cred creds csrf dsn hmac otp pfx signature totp xsrf".split(" "));
const strongNames = new Set("assertion bearer clientassertion sid".split(" "));

/** Tokens of a language and pages of a list: no credentials. */
const harmlessTokens = new Set(
  `begin bos cancellation change cls completion continuation current cursor draft end eog eos eot fim first input last mask max min new next output pad page per prefix prev
   previous prompt sampled sep special start stop suffix sync top total unk unknown`.split(/\s+/),
);

/** Keys by which something is found, and not opened. */
const harmlessKeys = new Set(
  `arrow attr attribute bucket cache child column composite config data dedup dedupe doc document end entity error evaluated event feature field
   file flag foreign form group hash hot i18n idempotency image index issue item job json label limit locale lock log lookup map menu message metric
   model natural node object order parent partition path pressed primary product project public query queue range record redis registry route
   routing row s3 series setting settings shard shortcut sort start state storage surrogate tab template topic trace translation unique user`.split(
    /\s+/,
  ),
);

/** What is passed, and no password. */
const harmlessPasses = new Set("boarding did first has last next one render second single test two".split(" "));

/** Whether what has a name can let somebody in, by what the name ends in. */
export function credentialKind(words: readonly string[]): CredentialKind | undefined {
  const named = withoutForms(words);
  const [last = "", before] = named.toReversed();
  if (strong.test(words.join("")) || strong.test(`${before ?? ""}${last}`)) return "strong";
  if (strongWords.has(last) || strongNames.has(named.join(""))) return "strong";
  // the header of that name, not what is called so by itself
  if (last === "auth" && named.length < words.length) return "weak";
  return isWeak(last, before) ? "weak" : undefined;
}

function isWeak(last: string, before: string | undefined): boolean {
  if (/cookies?$/.test(last)) return true;
  if (last.endsWith("token")) return before === undefined || !harmlessTokens.has(before);
  if (before === undefined) return false;
  return last === "key" ? !harmlessKeys.has(before) : last === "pass" && !harmlessPasses.has(before);
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

const contents = /^(?:chathistory|choices|messages|completions?)$|prompts?$/;

/** Whether a prompt or an answer has a name. */
export function namesContent(words: readonly string[]): boolean {
  return contents.test(words.join(""));
}
