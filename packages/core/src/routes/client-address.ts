import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/** Where Express has it, the app has said by `trust proxy` whom it believes. */
type Addressed = IncomingMessage & { readonly ip?: unknown };

/** Whose request it is: by the connection's address, or by what Express makes of it. Requests whose address is not known are one client's. */
export function clientOf(req: Addressed): string {
  const address = typeof req.ip === "string" ? req.ip : req.socket?.remoteAddress;
  return address === undefined || address === "" ? "unknown" : networkOf(address);
}

/**
 * A line has 2⁶⁴ addresses of IPv6, and chooses among them as it likes: its network is the client. IPv4 in IPv6's clothes is IPv4, and a port,
 * which some proxies name with it, is nobody.
 */
export function networkOf(address: string): string {
  const [, bracketed, v4] = /^(?:\[([^\]]*)\](?::\d+)?|(\d+\.\d+\.\d+\.\d+):\d+)$/.exec(address) ?? [];
  const [bare = ""] = (bracketed ?? v4 ?? address).split("%");
  if (!isIPv6(bare)) return (v4 ?? address).slice(0, 128);
  const groups = groupsOf(bare);
  const prefix = groups.slice(0, 6).join(":");
  if (prefix === "0:0:0:0:0:ffff") return groups.slice(6).flatMap(bytesOf).join(".");
  if (prefix === "0:0:0:0:0:0" && groups[6] === "0" && groups[7] === "1") return "::1";
  return `${groups.slice(0, 4).join(":")}::/64`;
}

/** The eight of them, in the form that `URL` gives to all ways to write one address. */
function groupsOf(address: string): string[] {
  const written = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = [], tail = []] = written.split("::").map((side) => side.split(":").filter((group) => group !== ""));
  return [...head, ...new Array<string>(8 - head.length - tail.length).fill("0"), ...tail];
}

function bytesOf(group: string): number[] {
  const number = Number.parseInt(group, 16);
  return [number >> 8, number & 255];
}
