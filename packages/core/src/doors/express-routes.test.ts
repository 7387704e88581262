import express from "express4";
import oldest from "express4-18";
import { describe, expect, it } from "vitest";
import { type Express4Mount, express4MountText } from "./express-routes.ts";

describe.each([
  ["4", express],
  ["4.18", oldest],
])("Express %s", (_release, express) => {
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
  ])("calls what is mounted on %s %s", (path, text) => {
    const app = express();
    app.use(path, express.Router());
    const { stack } = Reflect.get(app, "_router") as { stack: readonly Express4Mount[] };
    expect(express4MountText(stack.at(-1)!)).toBe(text);
  });

  it("shows an expression within a path as it is", () => {
    const app = express();
    app.use("/q/:n(\\d+)", express.Router());
    const { stack } = Reflect.get(app, "_router") as { stack: readonly Express4Mount[] };
    expect(express4MountText(stack.at(-1)!)).toBe(stack.at(-1)?.regexp.source);
  });
});

it("takes the expressions of older releases, too", () => {
  const regexp = /^\/users\/(?:([^/]+?))\/?(?=\/|$)/i;
  expect(express4MountText({ regexp, keys: [{ name: "id" }] })).toBe("/users/:id");
});
