import { parse } from "node:url";
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
  "bearer",
  "client_assertion",
  "csrf",
  "xsrf",
  "pfx",
  "accessTokens",
  "apiKeys",
  "basicAuth",
  "_password",
  "privateKeyBase64",
  "PRIVATE_KEY_B64",
  "DB_PWD",
  "SECRET_KEY_BASE",
  "apiKeyV2",
  "passwordConfirmation",
  "TOKEN_PROD",
  "requirepass",
  "REDIS_AUTH",
  "PHPSESSID",
  "jwks",
  "GITHUB_PAT",
  "verificationCode",
  "code_verifier",
  "signature",
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
    req: { method: "POST", headers: {}, body: Buffer.from(canary), data: new Uint8Array(Buffer.from(canary)) },
  }),
  "headers as lines": () => ({ headers: ["host: here", `authorization: Bearer ${canary}`] }),
  "headers with names and values": () => ({
    headers: [
      { name: "x-session", value: canary },
      { name: "host", value: "here" },
    ],
  }),
  "headers in bytes": () => ({ method: "GET", path: "/", headers: [Buffer.from("x-session"), Buffer.from(canary)] }),
  "headers of a dispatcher": () => ({ method: "GET", path: "/", headers: ["x-session", canary, "host", "here"] }),
  "a header that is an object": () => ({ headers: { accept: { list: [canary] }, host: "here" } }),
  "headers under another name": () => ({ h: { host: "here", connection: "close", "x-own": canary } }),
  "a URL in its parts": () => parse(`https://here/x?token=${canary}`),
  "a gateway's event": () => ({
    requestContext: {},
    rawQueryString: `a=${canary}`,
    headers: { host: "here" },
    body: canary,
  }),
  "URLs under any name": () => ({
    link: `https://h/?a=${canary}`,
    urls: [`/x?a=${canary}`],
    any: `https://h?api_key=${canary}`,
  }),
  "a database's URL": () => ({ url: `postgres://ada:can?${canary}#w@host/db` }),
  "a text that names a URL": () => ({ why: `connect to redis://:${canary}@h failed` }),
  "a user and a password": () => ({ auth: { user: "ada", pass: canary }, basic: { auth: ["ada", canary] } }),
  "entries of headers": () => ({
    list: [
      ["authorization", canary],
      ["host", "here"],
    ],
  }),
  "what is not sent yet": () => ({ socket: { _pendingData: `GET /x?key=${canary}`, outputData: [{ data: canary }] } }),
  "a URL object under a URL's name": () => ({ url: new URL(`https://here/x?a=${canary}`) }),
  "a toJSON under a credential's name": () => ({
    auth: { toJSON: () => `ada:${canary}` },
    token: { toJSON: () => canary },
  }),
  "a boxed credential": () => ({ auth: new String(`ada:${canary}`), password: new String(canary) }),
  "tokens of an answer": () => ({ tokens: ["Hel", canary] }),
  "a header's own name": () => ({ authHeader: canary, cookieHeader: canary, authorizationHeader: canary }),
  "forms of a credential": () => ({
    passwordHash: canary,
    privateKeyPem: canary,
    tokenValue: canary,
    SecretString: canary,
    API_KEY_2: canary,
  }),
  variables: () => [
    { name: "GITHUB_TOKEN", value: canary },
    { key: "x-auth-token", value: canary },
  ],
  "what a validator says": () => [
    { type: "field", path: "password", value: canary },
    { property: "password", value: canary },
  ],
  "a command of Redis": () => ({ command: { name: "auth", args: [canary] } }),
  "a login": () => ({ email: "ada", pass: canary, pwd: `a${canary}` }),
  "a body that a client keeps": () => ({ _requestBodyBuffers: [{ data: Buffer.from(canary) }] }),
  "pieces of an answer": () => ({
    choices: [{ delta: { content: canary } }],
    chunk: { content: canary, stop: true },
    userPrompt: canary,
  }),
  "arguments of a program": () => ({ argv: ["--api-key", `--token=${canary}`].slice(1) }),
  "a session": () => ({ sid: canary, "connect.sid": canary, otp: canary, creds: canary, DB_PASS: canary }),
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
