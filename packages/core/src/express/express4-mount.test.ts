import express from "express4";
import { expect, it } from "vitest";
import { type Express4Mount, express4MountText } from "./express4-mount.ts";

it.each([
  ["/", ""],
  ["/static", "/static"],
  ["/a.b-c", "/a.b-c"],
  ["/users/:id", "/users/:id"],
  ["/users/:id/x/:y?", "/users/:id/x/:y"],
  ["/pre-:id", "/pre-:id"],
  ["/t/*", "/t/*"],
  [["/aa", "/bb/:x"], "/aa|/bb/:x"],
  [/^\/tenant-[^/]+/, "^\\/tenant-[^/]+"],
  ["/q/:n(\\d+)", "^\\/q(?:\\/(\\d+))\\/?(?=\\/|$)"],
])("what Express 4 mounts on %s is %s", (path, text) => {
  const app = express();
  app.use(path, express.Router());
  const { stack } = Reflect.get(app, "_router") as { stack: readonly Express4Mount[] };
  expect(express4MountText(stack.at(-1)!)).toBe(text);
});

it("takes the expressions of older releases, too", () => {
  const regexp = /^\/users\/(?:([^/]+?))\/?(?=\/|$)/i;
  expect(express4MountText({ regexp, keys: [{ name: "id" }] })).toBe("/users/:id");
});
