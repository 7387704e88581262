import type { IncomingMessage } from "node:http";
import { describe, expect, it } from "vitest";
import { clientReports } from "./client-reports.ts";
import { clientBehind, type TrustedProxies } from "./trusted-proxies.ts";

/** The client of a request over a connection from `address`, which says that it is for others. */
function clientOf(proxies: TrustedProxies, address: string, forwarded?: string): string | undefined {
  const headers = forwarded === undefined ? {} : { "x-forwarded-for": forwarded };
  return clientBehind(proxies)({ socket: { remoteAddress: address }, headers } as unknown as IncomingMessage);
}

describe("a client behind proxies", () => {
  it.each<[name: string, TrustedProxies, address: string, forwarded: string | undefined, client: string]>([
    ["is whom the one proxy was called by", 1, "10.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["is not who it says", 1, "10.0.0.1", "198.51.100.1, 203.0.113.7", "203.0.113.7"],
    ["is the second from the end behind two", 2, "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.0.0.2", "203.0.113.7"],
    ["is the last that is known where fewer wrote", 2, "10.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["is the proxy where it wrote nothing", 1, "10.0.0.1", undefined, "10.0.0.1"],
    ["is whom a listed proxy was called by", ["10.0.0.0/8"], "10.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["is behind all listed ones", ["10.0.0.0/8"], "10.0.0.1", "1.1.1.1, 203.0.113.7, 10.9.9.9", "203.0.113.7"],
    ["is who called directly, whatever it says", ["10.0.0.0/8"], "203.0.113.7", "1.1.1.1", "203.0.113.7"],
    ["is behind a listed one in IPv6's clothes", ["10.0.0.1"], "::ffff:10.0.0.1", "203.0.113.7", "203.0.113.7"],
    ["may have IPv6", ["fd00::/8"], "fd00::1", "2001:db8::7", "2001:db8::7"],
    ["is behind one that writes ports", ["10.0.0.1"], "10.0.0.1", "203.0.113.7, 10.0.0.1:4711", "203.0.113.7"],
    ["is behind one that writes brackets", ["::1"], "::1", "203.0.113.7, [::1]:80", "203.0.113.7"],
    ["may be no address at all", ["10.0.0.1"], "10.0.0.1", "unknown", "unknown"],
  ])("%s", (_name, proxies, address, forwarded, client) => {
    expect(clientOf(proxies, address, forwarded)).toBe(client);
  });

  it("costs no more for a header of 16 KiB", () => {
    const long = `${"1.1.1.1,".repeat(2000)}203.0.113.7`;
    expect(clientOf(1, "10.0.0.1", long)).toBe("203.0.113.7");
    expect(clientOf(["0.0.0.0/0"], "10.0.0.1", long)).toBe("1.1.1.1");
  });

  it.each([0, -1, 1.5, 17, "1", true, null, ["10.0.0.0/33"], ["10.0.0.1/"], ["proxy"], [7], ["10.0.0.1/x"]])(
    "is not found by %j",
    (proxies) => {
      const reports = () => clientReports({ trustedProxies: proxies as number });
      expect(reports).toThrow(expect.objectContaining({ code: "AIWATCH_INVALID_ARGUMENT" }));
    },
  );

  it("is found in one way alone", () => {
    const both = () => clientReports({ trustedProxies: 1, clientOf: () => "x" });
    expect(both).toThrow(/trustedProxies is 1, expected nothing beside clientOf/);
  });
});
