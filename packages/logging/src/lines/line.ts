import { plainText, textJson } from "../logger/text.ts";
import { type CleanText, cleanText } from "./clean-text.ts";

export type LineLevel = "debug" | "info" | "error";

type Field = CleanText | number | boolean | undefined;

export type LineFields = Readonly<Record<string, Field>>;

/** The line of a kind of record: the one place that says what it holds. */
export interface Line<Ended> {
  levelOf(record: Ended): LineLevel;
  /** Ours alone: nothing that came from outside stands in it. */
  messageOf(record: Ended): string;
  /** In their order. */
  readonly rows: readonly Row<Ended>[];
}

/** Makes JSON of a value of an unexpected type: plain JavaScript can pass anything. */
export type WriteOther = (name: string, value: unknown) => string | undefined;

/** One field of a line, as a value for any logger, and as the JSON that `createLogger` would make of it. */
export interface Row<Ended> {
  readonly name: string;
  /** What is unknown is `undefined`, which loggers leave out. */
  fieldOf(record: Ended): Field;
  /** `,"name":value`, or nothing. */
  jsonOf(record: Ended, writeOther: WriteOther): string;
}

/** The fields of a record's line, for any logger. Unknown ones are there as `undefined`, so that a mixin does not fill them in. */
export function fieldsOf<Ended>({ rows }: Line<Ended>, record: Ended): LineFields {
  const fields: Record<string, Field> = {};
  for (const row of rows) fields[row.name] = row.fieldOf(record);
  return fields;
}

/** The fields of a record's line, as `createLogger` writes them. */
export function jsonOf<Ended>({ rows }: Line<Ended>, record: Ended, writeOther: WriteOther): string {
  let json = "";
  for (const row of rows) json += row.jsonOf(record, writeOther);
  return json;
}

/** The same text in each line. */
export function constantRow<Ended>(name: string, text: string): Row<Ended> {
  const field = cleanText(text, 64);
  const json = `,"${name}":${textJson(field)}`;
  return { name, fieldOf: () => field, jsonOf: () => json };
}

/** A text of the record's, cut to `limit` characters. */
export function textRow<Ended>(name: string, limit: number, read: (record: Ended) => string | undefined): Row<Ended> {
  const begin = `,"${name}":`;
  // each piece that is added to a text is 32 bytes of garbage
  const quoted = `,"${name}":"`;
  return {
    name,
    fieldOf: (record) => optionalText(read(record), limit),
    jsonOf: (record, writeOther) => {
      const text = read(record);
      if (text === undefined) return "";
      if (typeof text === "string" && text.length <= limit && plainText.test(text)) return `${quoted}${text}"`;
      const field = cleanText(text, limit);
      return typeof field === "string" ? begin + textJson(field) : otherJson(name, field, writeOther);
    },
  };
}

/** At most so many texts of a row are kept: clients choose some of them. */
const maxKept = 500;
const maxKeptLength = 256;

/** A text that many records share, such as a route: its JSON is kept. */
export function sharedRow<Ended>(name: string, limit: number, read: (record: Ended) => string | undefined): Row<Ended> {
  const row = textRow(name, limit, read);
  const kept = new Map<string, string>();
  return {
    ...row,
    jsonOf: (record, writeOther) => {
      const text = read(record);
      if (text === undefined) return "";
      const known = kept.get(text);
      if (known !== undefined) return known;
      const json = row.jsonOf(record, writeOther);
      if (typeof text === "string" && text.length <= maxKeptLength && kept.size < maxKept) kept.set(text, json);
      return json;
    },
  };
}

/** A number or a flag of the record's. */
export function valueRow<Ended>(name: string, fieldOf: (record: Ended) => number | true | undefined): Row<Ended> {
  const begin = `,"${name}":`;
  return {
    name,
    fieldOf,
    jsonOf: (record, writeOther) => {
      const value = fieldOf(record);
      if (value === undefined) return "";
      return Number.isFinite(value) ? begin + value : otherJson(name, value, writeOther);
    },
  };
}

/** A number to three decimals: microseconds, where it is milliseconds. */
export function roundedRow<Ended>(name: string, read: (record: Ended) => number | undefined): Row<Ended> {
  return valueRow(name, (record) => {
    const value = read(record);
    return value === undefined ? undefined : Math.round(value * 1000) / 1000;
  });
}

function optionalText(text: string | undefined, limit: number): CleanText | undefined {
  return text === undefined ? undefined : cleanText(text, limit);
}

/** As pino does it. */
function otherJson(name: string, value: unknown, writeOther: WriteOther): string {
  if (value === undefined || typeof value === "function") return "";
  const json = writeOther(name, typeof value === "number" && !Number.isFinite(value) ? null : value);
  return json === undefined ? "" : `,"${name}":${json}`;
}
