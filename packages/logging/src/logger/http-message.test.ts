import { IncomingMessage } from "node:http";
import { Socket } from "node:net";
import { expect, it } from "vitest";
import { plainMessage } from "./http-message.ts";

it.each([
  ["/chat/42?key=canary", "/chat/42"],
  ["/chat/42#canary", "/chat/42"],
  ["/chat?canary#canary", "/chat"],
  ["http://ada:canary@host/chat?key=canary", "http://host/chat"],
  ["HTTPS://canary@host:8443", "HTTPS://host:8443"],
  ["/@ada/chat", "/@ada/chat"],
  ["//ada@host/chat", "//ada@host/chat"],
  ["*", "*"],
])("a request for %s is shown as one for %s", (url, shown) => {
  const request = Object.assign(new IncomingMessage(new Socket()), { method: "GET", url });
  expect(plainMessage(request)).toMatchObject({ method: "GET", url: shown });
});
