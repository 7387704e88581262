import type { IncomingMessage } from "node:http";
import { BlockList, isIP, isIPv6 } from "node:net";
import { invalidArgument } from "../base/errors.ts";

/** The proxies in front of the app: how many there are, or their addresses. */
export type TrustedProxies = number | readonly string[];

/** Who a request is of, by `x-forwarded-for` as far as it is believed. @returns undefined where the connection has no address */
export type FindClient = (req: IncomingMessage) => string | undefined;

const expected = 'how many there are, from 1 to 16, or a list of addresses such as "10.0.0.0/8"';
/** Behind more there is no app. */
const mostHops = 16;

/**
 * Each proxy adds whom it was called by at the end of `x-forwarded-for`, so that it is read from its end, for as long as whoever wrote is one of the
 * app's own. What is before may be made up by the caller.
 * @throws AiwatchError `AIWATCH_INVALID_ARGUMENT` for what is neither a number of proxies nor a list of their addresses
 */
export function clientBehind(proxies: TrustedProxies): FindClient {
  const isTrusted = trustOf(proxies);
  return function client(req) {
    let address = req.socket?.remoteAddress;
    const forwarded = forwardedFor(req).slice(-mostHops);
    for (let hop = 0; address !== undefined && isTrusted(bareAddress(address), hop); hop += 1) {
      const before = forwarded.pop();
      if (before === undefined) return address;
      address = before;
    }
    return address;
  };
}

function forwardedFor({ headers }: IncomingMessage): string[] {
  const header = headers["x-forwarded-for"] ?? "";
  return String(header)
    .split(",")
    .map((address) => address.trim())
    .filter((address) => address !== "");
}

function trustOf(proxies: unknown): (address: string, hop: number) => boolean {
  if (typeof proxies === "number" && Number.isInteger(proxies) && proxies >= 1 && proxies <= mostHops)
    return (_address, hop) => hop < proxies;
  if (!Array.isArray(proxies)) throw invalidArgument("trustedProxies", proxies, expected);
  const trusted = new BlockList();
  for (const proxy of proxies) addTo(trusted, proxy);
  return (address) => isIP(address) !== 0 && trusted.check(address, familyOf(address));
}

function addTo(trusted: BlockList, proxy: unknown): void {
  const [address = "", bits] = typeof proxy === "string" ? proxy.split("/") : [];
  const longest = isIPv6(address) ? 128 : 32;
  const prefix = bits === undefined ? longest : Number(bits);
  const isUsable = isIP(address) !== 0 && /^\d{0,3}$/.test(bits ?? "") && bits !== "" && prefix <= longest;
  if (!isUsable) throw invalidArgument("trustedProxies", proxy, expected);
  trusted.addSubnet(address, prefix, familyOf(address));
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return isIPv6(address) ? "ipv6" : "ipv4";
}

/** Without the port and the brackets that some proxies write, and IPv4 without IPv6's clothes. */
function bareAddress(address: string): string {
  const [, bracketed, v4] =
    /^(?:\[([^\]]*)\](?::\d+)?|(?:::ffff:)?(\d+\.\d+\.\d+\.\d+)(?::\d+)?)$/i.exec(address) ?? [];
  return bracketed ?? v4 ?? address;
}
