import { randomUUID } from "node:crypto";

const sane = /^[\w.-]{1,128}$/;

/** The request id that a header holds where it is sane (1–128 of letters, digits, `_`, `.`, `-`), else a new one. */
export function requestIdOf(header: number | string | readonly string[] | undefined): string {
  return typeof header === "string" && sane.test(header) ? header : randomUUID();
}
