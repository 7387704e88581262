import { expect } from "vitest";
import type { DoorOptions } from "../doors/door.ts";
import type { Behaviour } from "./behaviour.ts";
import { expectHarmless } from "./harmless.ts";
import { hostileTexts } from "./hostile-texts.ts";
import { labelOf } from "./label-of.ts";
import { requestText } from "./raw-client.ts";

const request = requestText("/users/42", ["connection: close"]);

/** What an app's `userOf` may hand on, of somebody's own making. */
const users: Readonly<Record<string, unknown>> = {
  "an object that is made to be text": { toString: () => "forged", toJSON: () => "forged" },
  "a list": ["forged"],
  "a symbol": Symbol("forged"),
  "a BigInt": 7n,
  "a function": () => "forged",
  "a text in an object": new String("forged"),
  "an object that throws": new Proxy({}, { get: () => expect.unreachable() }),
};

/** Words that come through the app's own options. */
export const hostileOptions: readonly Behaviour[] = [
  ...Object.entries(hostileTexts).map(([what, text]) => ({
    name: `is not taken in by a route that the app makes of ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record, app, span } = await expectHarmless(door, request, { normalizeRoute: () => text });
      const label = labelOf(text);
      expect(record?.route).toBe(label);
      const labels = { method: "GET", endpoint: label, status: 200 };
      expect(await app.sample("genai_app_http_requests_total", labels)).toBe(1);
      expect(span?.name).toBe(`GET ${label}`);
    },
  })),
  ...Object.entries(hostileTexts).map(([what, text]) => ({
    name: `is not taken in by a user who is ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const { record } = await expectHarmless(door, request, { userOf: () => text });
      expect(record?.user).toBe(text);
    },
  })),
  ...Object.entries(users).map(([what, user]) => ({
    name: `names no user who is ${what}`,
    async test(door: Parameters<Behaviour["test"]>[0]) {
      const userOf = (() => user) as DoorOptions["userOf"] & {};
      const { record } = await expectHarmless(door, request, { userOf });
      expect(record).not.toHaveProperty("user");
    },
  })),
];
