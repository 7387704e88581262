/** `user:password@` and the query masked, in a text that need not be a URL. */
export function withoutSecrets(text: string): string {
  // a password with a question mark in it looks like a query: where an @ follows, either can be meant
  const masked = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*?\?.*@.*$/is, "$1***");
  return masked.replace(/\?.*$/s, "?***").replace(/^([a-z][a-z0-9+.-]*:\/\/)?.*@/is, "$1***@");
}
