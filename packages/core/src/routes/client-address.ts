import type { IncomingMessage } from "node:http";
import { isIPv6 } from "node:net";

/** Where Express has it, the app has said by `trust proxy` whom it believes. */
type Addressed = IncomingMessage & { readonly ip?: unknown };

/** Whose request it is: by the connection's address, or by what Express makes of it. Requests whose address is not known are one client's. */
export function clientOf(req: Addressed): string {
  const address = typeof req.ip === "string" ? req.ip : req.socket?.remoteAddress;
  return address === undefined || address === "" ? "unknown" : networkOf(address);
}

/** A line has 2⁶⁴ addresses of IPv6, and chooses among them as it likes: its network is the client. IPv4 in IPv6's clothes is IPv4. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  const [bare = ""] = address.split("%");
  if (!isIPv6(bare)) return address.slice(0, 64);
  const [head = [], tail = []] = bare.split("::").map((side) => side.split(":").filter((group) => group !== ""));
  const left = bare.includes("::") ? Math.max(0, 8 - head.length - tail.length) : 0;
  const groups = [...head, ...new Array<string>(left).fill("0"), ...tail].slice(0, 4);
  return `${groups.map((group) => Number.parseInt(group, 16).toString(16)).join(":")}::/64`;
}
