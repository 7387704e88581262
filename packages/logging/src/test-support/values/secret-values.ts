import { canary, secretRows } from "./row.ts";

const spellings = [
  "authorization",
  "Proxy-Authorization",
  "cookie",
  "Set-Cookie",
  "cookies",
  "signedCookies",
  "apiKey",
  "API_KEY",
  "x-api-key",
  "OPENAI_API_KEY",
  "apikey",
  "password",
  "userPassword",
  "passwd",
  "passphrase",
  "PGPASSWORD",
  "secret",
  "client_secret",
  "clientSecret",
  "secretKey",
  "token",
  "authToken",
  "apiToken",
  "hf_token",
  "HF_TOKEN",
  "x-auth-token",
  "accessToken",
  "refresh_token",
  "idToken",
  "jwt",
  "connectionString",
  "connection_string",
  "privateKey",
  "aws_secret_access_key",
  "credentials",
  "DSN",
  "bot-token",
  "_password",
  "$token",
  "Secret Key",
];

/** Every spelling of a name that lets somebody in; objects, lists and numbers under one are censored as texts are. */
export const secretNames = secretRows({
  ...Object.fromEntries(spellings.map((name) => [`the name ${name}`, () => ({ [name]: canary, other: 1 })])),
  "a credential in an object": () => ({ password: { value: canary } }),
  "a credential in a list": () => ({ tokens: 3, apiKeys: [canary, canary] }),
  "a credential ten levels deep": () => ({
    a: { b: { c: { d: { e: { f: { g: { h: { i: { token: canary } } } } } } } } },
  }),
  "a credential in a list of lists": () => [[[{ token: canary }]]],
  "a credential in a class": () =>
    new (class Account {
      apiKey = canary;
      name = "ada";
    })(),
  "a credential that toJSON shows": () => ({ o: { toJSON: () => ({ secret: canary }) } }),
  "a credential behind a getter": () => ({
    get token() {
      return canary;
    },
    a: 1,
  }),
  "a credential in a proxy": () => ({ o: new Proxy({ password: canary }, {}) }),
  "a credential in a circle": () => {
    const o: Record<string, unknown> = { token: canary };
    o["self"] = o;
    return o;
  },
  "a credential beside a BigInt": () => ({ size: 1n, token: canary }),
  "a credential of an object without prototype": () => Object.assign(Object.create(null), { apiKey: canary }),
  "a credential under a symbol's description": () => ({ [Symbol("token")]: canary, token: canary }),
  "a credential in a pair of name and value": () => [
    { name: "Authorization", value: canary },
    { key: "x-api-key", value: canary },
  ],
  "credentials of a URL": () => ({
    target: `http://ada:${canary}@host/path`,
    also: new URL(`redis://:${canary}@host`),
  }),
  "a URL's query": () => ({
    url: `https://host/chat?q=${canary}`,
    originalUrl: `/chat?q=${canary}#x`,
    referer: `/x?${canary}`,
  }),
  "raw headers": () => ({
    rawHeaders: ["Host", "here", "Cookie", canary, "X-Own", canary],
    _header: `Cookie: ${canary}`,
  }),
  "headers in pairs": () => ({
    headers: [
      ["host", "here"],
      ["x-session", canary],
    ],
  }),
  "headers in one list": () => ({ headers: ["authorization", canary, "host", "here"] }),
  "headers as a text": () => ({ responseHeaders: `set-cookie: ${canary}\r\n` }),
  "headers by name": () => ({
    requestHeaders: { host: "here", "x-session": canary, Authorization: canary, accept: "*/*" },
  }),
  "a request as a client writes it": () => ({
    method: "POST",
    path: `/v1?key=${canary}`,
    headers: { host: "here" },
    auth: `ada:${canary}`,
    query: { q: canary },
    body: canary,
  }),
  "a request's body in bytes": () => ({
    req: { method: "POST", headers: {}, body: Buffer.from(canary), data: new Uint8Array(2) },
  }),
  "a prompt": () => ({
    prompt: canary,
    system_prompt: canary,
    completion: [canary],
    messages: [{ role: "user", content: canary }],
  }),
  "a message": () => ({
    history: [
      { role: "user", content: canary },
      { role: "tool", content: [{ text: canary }] },
    ],
  }),
});
