/** What stands in the place of a value that nobody may read. */
export const censored = "[Redacted]";

/** How a name is compared: `X-API-Key`, `x_api_key` and `xApiKey` are one. */
export function plainName(name: string): string {
  return name.toLowerCase().replace(/[^a-z\d]+/g, "");
}

/** What a plain name that holds a credential ends in. */
const credentialEnd =
  /(?:key|token|secret|secrets|password|passwords|passwd|passphrase|pwd|cookie|cookies|credential|credentials|authorization|jwt|apikeys|accesstokens|refreshtokens|connectionstring|dsn|pfx)$/;

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
