import type { IncomingMessage } from "node:http";
import { expect, it } from "vitest";
import { clientOf, networkOf } from "./client-address.ts";

it.each([
  ["192.0.2.7", "192.0.2.7"],
  ["::ffff:192.0.2.7", "192.0.2.7"],
  ["::FFFF:192.0.2.7", "192.0.2.7"],
  ["2001:db8:1:2::1", "2001:db8:1:2::/64"],
  ["2001:DB8:0001:0002:ffff:ffff:ffff:ffff", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["2001:db8::2:3:4:5", "2001:db8:0:0::/64"],
  ["2001:db8:1::5:6:7:8", "2001:db8:1:0::/64"],
  ["1:2:3:4:5:6:7::", "1:2:3:4::/64"],
  ["::ffff:102:304", "1.2.3.4"],
  ["0:0:0:0:0:ffff:1.2.3.4", "1.2.3.4"],
  ["::FFFF:C000:0207", "192.0.2.7"],
  ["[::ffff:1.2.3.4]:80", "1.2.3.4"],
  ["192.0.2.7:51234", "192.0.2.7"],
  ["[2001:db8:1:2::1]:443", "2001:db8:1:2::/64"],
  ["[2001:db8:1:2::1]", "2001:db8:1:2::/64"],
  ["::1.2.3.4", "0:0:0:0::/64"],
  ["::1", "::1"],
  ["0:0:0:0:0:0:0:1", "::1"],
  ["::", "0:0:0:0::/64"],
  ["fe80::1%eth0", "fe80:0:0:0::/64"],
  ["::2:3:4:5:6:7:8", "0:2:3:4::/64"],
  ["no address", "no address"],
  ["x".repeat(1000), "x".repeat(128)],
])("the client at %.50s is %s", (address, client) => {
  expect(networkOf(address)).toBe(client);
});

it.each([
  ["what Express makes of the address", { ip: "192.0.2.1", socket: { remoteAddress: "10.0.0.1" } }, "192.0.2.1"],
  ["the connection's address", { socket: { remoteAddress: "10.0.0.1" } }, "10.0.0.1"],
  ["everybody without an address", { socket: {} }, "unknown"],
  ["everybody whose address is no text", { ip: 7, socket: { remoteAddress: "" } }, "unknown"],
])("a client is %s", (_what, req, client) => {
  expect(clientOf(req as unknown as IncomingMessage)).toBe(client);
});
