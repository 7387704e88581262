/** What stands in the place of a value that nobody may read. */
export const censored = "[Redacted]";

/** How a name is compared: `X-API-Key`, `x_api_key` and `xApiKey` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]+/g, "");
}

/** What a plain name that holds a credential ends in. `keys` and `tokens` alone are names of an object's keys, and of counts. */
const credentialEnd = new RegExp(
  `(?:${[
    "key|token|authorization|bearer|assertion|csrf|xsrf|pfx",
    "(?:secret|password|passwd|passphrase|pwd|cookie|credential|jwt|dsn|connectionstring)s?",
    "(?:api|access|secret|private|signing|encryption)keys",
    "(?:access|auth|api|bearer|id|refresh|session)tokens",
  ].join("|")})$`,
);

/** Whether what stands under a plain name can let somebody in. */
export function namesCredential(plain: string): boolean {
  return credentialEnd.test(plain);
}

const contents = new Set(["prompt", "systemprompt", "messages", "completion"]);

/** Whether prompts and answers stand under a plain name. */
export function namesContent(plain: string): boolean {
  return contents.has(plain);
}

/** Whether a URL stands under a plain name. */
export function namesUrl(plain: string): boolean {
  return /(?:url|uri|href|location|referer|referrer)$/.test(plain);
}
