/** `user:password@` and the query masked, in a text that need not be a URL. */
export function withoutSecrets(text: string): string {
  return text.replace(/\?.*$/s, "?***").replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1***@");
}
