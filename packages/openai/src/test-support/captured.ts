import { readFileSync } from "node:fs";

/** An answer as a real server gave it. */
export interface Captured {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** @param name such as `llama-server/chat-stream` */
export function captured(name: string): Captured {
  const text = readFileSync(new URL(`captures/${name}.http`, import.meta.url), "utf8").replaceAll("\r\n", "\n");
  const split = text.indexOf("\n\n");
  const [first = "", ...lines] = text.slice(0, split).split("\n");
  const status = Number(/ (\d{3})/.exec(first)?.[1]);
  const headers = lines.map((line) => [
    line.slice(0, line.indexOf(":")).toLowerCase(),
    line.slice(line.indexOf(":") + 1).trim(),
  ]);
  const framing = ["content-length", "transfer-encoding", "connection", "keep-alive", "date"];
  return {
    status,
    headers: Object.fromEntries(headers.filter(([name = ""]) => !framing.includes(name))),
    body: text.slice(split + 2),
  };
}
