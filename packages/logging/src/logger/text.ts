import { censored, credentialKind, wordsOf } from "./name.ts";

/** The user and the password of each URL in a text; a password can hold what should have been encoded. Bounded: texts come from outside. */
const userInfo =
  /((?:[a-z][a-z\d+.-]{0,30}:)?\/\/)(?:[^\s/?#@]{0,256}|[^\s/?#:@]{0,256}:(?!\d{1,5}[/?#])[^\s@]{0,256})@/gi;

/** A parameter of a query, with its name. */
const parameter = /([?&;])([\w.%[\]-]{1,80})=([^\s&;#"'<>]{1,4096})/g;

/** A text without the credentials of the URLs in it: user, password, and parameters with a credential's name. */
export function withoutCredentials(text: string): string {
  const isUrl = text.includes("//");
  if (!isUrl && !text.includes("=")) return text;
  const anonymous = isUrl && text.includes("@") ? text.replace(userInfo, `$1${censored}@`) : text;
  return anonymous.replace(parameter, (whole, mark: string, name: string) =>
    credentialKind(wordsOf(name)) === undefined && name !== "key" ? whole : `${mark}${name}=${censored}`,
  );
}

/** A URL, or what a request asks for, without its query, fragment and credentials; another text as it is. */
export function withoutQuery(text: string): string {
  if (/\s/.test(text) || !text.includes("/")) return withoutCredentials(text);
  const anonymous = text.includes("@") ? text.replace(userInfo, "$1") : text;
  return anonymous.replace(/[?#].*$/s, "");
}

/** A message, in which frameworks name what was asked for: paths in it end before their query. */
export function messageText(text: string): string {
  const shown = withoutCredentials(text);
  if (!shown.includes("?")) return shown;
  return shown.replace(/\?[\w%&][^\s"'<>]*/g, (query, at: number) => (isInPath(shown, at) ? "" : query));
}

/** Whether the word before `at` has a slash: a question mark behind it begins a query. */
function isInPath(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 2_000), at);
  return /\/[^\s"'<>]*$/.test(before.slice(before.search(/[^\s"'<>]*$/)));
}
