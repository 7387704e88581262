import type { Fact } from "./facts.ts";
import type { RequestKind } from "./request-kind.ts";

const columns: readonly Fact[] = ["prompt", "cached", "output"];
const times: readonly Fact[] = ["load time", "prompt time", "decode time"];
const heading = ["path", "request", ...columns, "server's times", "first token", "finish"];

/** What a server tells of each kind of request, as lines of Markdown. */
export function factsTable(kinds: readonly RequestKind[]): string[] {
  const groups = new Map<string, RequestKind[]>();
  for (const kind of kinds) {
    const alike = `${kind.path} ${kind.tells}`;
    groups.set(alike, [...(groups.get(alike) ?? []), kind]);
  }
  const rows = [...groups.values()].map(rowOf);
  return [heading, heading.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`);
}

function rowOf(kinds: readonly RequestKind[]): string[] {
  const [{ path, tells } = { path: "", tells: [] as readonly Fact[] }] = kinds;
  const mark = (fact: Fact) => (tells.includes(fact) ? "yes" : "–");
  const told = times.filter((time) => tells.includes(time)).map((time) => time.replace(" time", ""));
  const names = kinds.map(({ name }) => name).join("; ");
  return [`\`${path}\``, names, ...columns.map(mark), told.join(", ") || "–", mark("first token"), mark("finish")];
}
