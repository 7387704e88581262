import { censored, credentialKind, wordsOf } from "./name.ts";

/** What begins as a URL, with a scheme or without one, up to where the text goes on. */
const urls = /(?:[a-z][a-z\d+.-]{0,30}:)?\/\/[^\s"'<>`]+/gi;

/** A parameter of a query, a fragment, a command or a connection, with its name. */
const parameter = /([?&#]|;\s*|(?:^|\s)--?)([\w.%[\]$-]{1,80})=('[^']*'|"[^"]*"|[^\s&;?"'<>]+)/g;

/** Names that are credentials in a query and may be anything elsewhere. */
const inQueries = new Set("auth code key pass pwd sig signature".split(" "));

/** Text that is JSON as it stands, and has neither a parameter nor the user of a URL in it. */
export const plainText = /^[ !#-<>?A-[\]-~]*$/;

/** A text as JSON, without the credentials in it. */
export function textJson(text: string): string {
  return plainText.test(text) ? `"${text}"` : JSON.stringify(withoutCredentials(text));
}

/** A text without the credentials in it: the user and password of URLs, and parameters with a credential's name. */
export function withoutCredentials(text: string): string {
  return withoutParameters(withoutUsers(text));
}

function withoutUsers(text: string): string {
  if (!text.includes("//") || !text.includes("@")) return text;
  return text.replace(urls, (url) => withoutUserInfo(url, `${censored}@`));
}

function withoutParameters(text: string): string {
  return text.includes("=") ? text.replace(parameter, withoutValue) : text;
}

function withoutValue(whole: string, mark: string, name: string): string {
  const words = wordsOf(decoded(name));
  const isQuery = mark === "?" || mark === "&";
  const isCredential = credentialKind(words) !== undefined || (isQuery && inQueries.has(words.at(-1) ?? ""));
  return isCredential ? `${mark}${name}=${censored}` : whole;
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}

/** @param mark what stands in the place of the user and the password */
function withoutUserInfo(url: string, mark: string): string {
  const begin = url.indexOf("//") + 2;
  const end = userInfoEnd(url.slice(begin));
  return end <= 0 || url.startsWith("file:") ? url : `${url.slice(0, begin)}${mark}${url.slice(begin + end + 1)}`;
}

/** The place of the `@` that ends them; a password can hold slashes and question marks that should have been encoded. */
function userInfoEnd(rest: string): number {
  const authority = rest.slice(0, rest.search(/[/?#]|$/));
  const at = authority.lastIndexOf("@");
  // a host has no colon but for its port and in brackets
  if (at >= 0 || !/^[^[:]*:(?!\d+(?:,|$))./.test(authority)) return at;
  return rest.lastIndexOf("@");
}

/** A URL or a path without its query, fragment and credentials; another text unchanged. */
export function withoutQuery(text: string): string {
  const isUrl = /^(?:[a-z][a-z\d+.-]*:)?\/|\?[\w%.[\]-]+=/i.test(text);
  if (!isUrl) return withoutCredentials(text);
  const anonymous = text.includes("@") && /^(?:[a-z][a-z\d+.-]*:)?\/\//i.test(text) ? withoutUserInfo(text, "") : text;
  return anonymous.replace(/[?#].*$/s, "");
}

/** A message. Frameworks put paths into it: they end before their query. */
export function messageText(text: string): string {
  const shown = withoutUsers(text);
  return withoutParameters(shown.includes("?") ? shown.replace(/[^\s"'<>]+/g, withoutItsQuery) : shown);
}

/** A word that begins as a path or a URL, perhaps behind a method, has a query; elsewhere only what has parameters is one. */
function withoutItsQuery(word: string): string {
  const slash = word.indexOf("/");
  const mark = slash < 0 ? -1 : word.indexOf("?", slash);
  if (mark < 0) return word;
  const [query = "", isNamed] = /^\?(?:[\w%&.[\]$-]+(=)?)?(?:\[Redacted\]|[^)\]}])*/.exec(word.slice(mark)) ?? [];
  const isPath = /^(?:[A-Z]+:|[a-z][a-z\d+.-]*:\/)?$/.test(word.slice(0, slash)) && /^\?[\w%]/.test(query);
  return isNamed !== undefined || isPath ? word.slice(0, mark) + word.slice(mark + query.length) : word;
}
