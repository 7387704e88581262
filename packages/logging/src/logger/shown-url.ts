/** A URL, or what a request asks for, without its query, its fragment and its credentials. */
export function shownUrl(url: string): string {
  return url.replace(/[?#].*$/s, "").replace(/^([a-z][a-z\d+.-]*:\/\/)[^/]*@/i, "$1");
}

/** Whether it can be a URL with more than a path. */
export function isUrl(value: unknown): value is string {
  return typeof value === "string" && value.includes("://");
}

const userInfo = /^([a-z][a-z\d+.-]*:\/\/)[^\s/?#]*@/i;

/** A text under any name: the credentials of a URL are no part of what it says. */
export function withoutUserInfo<Value>(value: Value): Value | string {
  return isUrl(value) ? value.replace(userInfo, "$1[Redacted]@") : value;
}
