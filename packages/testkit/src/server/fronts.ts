import { generateKeyPairSync, sign } from "node:crypto";
import { createServer, request } from "node:http";
import { connect, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { listenOnLoopback } from "./test-server.ts";

export interface ForwardProxy {
  readonly url: string;
  /** What it was asked for: `POST http://…` and `CONNECT host:port`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** A forward proxy as companies have them: whole URLs for http, `CONNECT` for anything else. One that hangs accepts, and never answers. */
export async function forwardProxy({ hangs = false } = {}): Promise<ForwardProxy> {
  const asked: string[] = [];
  const server = createServer((req, res) => {
    asked.push(`${req.method} ${req.url}`);
    if (hangs) return;
    const { method, headers, url = "" } = req;
    const forwarded = request(url, { method, headers, agent: false }, (answer) => {
      res.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(res);
    });
    forwarded.on("error", () => res.destroy());
    req.pipe(forwarded);
  });
  server.on("connect", ({ url = "" }, client, head) => {
    asked.push(`CONNECT ${url}`);
    client.on("error", () => undefined);
    if (hangs) return;
    const target = connect(Number(new URL(`http://${url}`).port), new URL(`http://${url}`).hostname, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      target.write(head);
      target.pipe(client).pipe(target);
    });
    target.on("error", () => client.destroy());
  });
  const { port, close } = await listenOnLoopback(server);
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

/** A key and a certificate for 127.0.0.1 and localhost that signs itself, in PEM, good for an hour. */
export function selfSigned(): { readonly key: string; readonly cert: string } {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
  const algorithm = sequence(Buffer.from("06082a8648ce3d040302", "hex")); // ecdsa-with-SHA256
  const name = sequence(der(0x31, sequence(Buffer.from("0603550403", "hex"), der(0x0c, Buffer.from("aiwatch test")))));
  const validity = sequence(...[-3_600_000, 3_600_000].map((offset) => time(Date.now() + offset)));
  const names = sequence(der(0x87, Buffer.from([127, 0, 0, 1])), der(0x82, Buffer.from("localhost")));
  const alternativeName = sequence(Buffer.from("0603551d11", "hex"), der(0x04, names));
  const body = sequence(
    der(0xa0, Buffer.from("020102", "hex")), // version 3
    Buffer.from("020101", "hex"),
    algorithm,
    name,
    validity,
    name,
    publicKey.export({ type: "spki", format: "der" }),
    der(0xa3, sequence(alternativeName)),
  );
  const signature = der(0x03, Buffer.from([0]), sign("sha256", body, privateKey));
  const cert = sequence(body, algorithm, signature).toString("base64").replace(/.{64}/g, "$&\n");
  return {
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${cert}\n-----END CERTIFICATE-----\n`,
  };
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return der(0x30, ...parts);
}

function time(milliseconds: number): Buffer {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  return der(0x18, Buffer.from(text));
}

/** One value of ASN.1: its tag, its length, its content. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), content]);
  const bytes = length < 256 ? [length] : [length >> 8, length & 255];
  return Buffer.concat([Buffer.from([tag, 0x80 | bytes.length, ...bytes]), content]);
}

export interface TlsFront {
  /** `https://127.0.0.1:port`. */
  readonly url: string;
  /** Its certificate in PEM, which signs itself: who is to be trusted. */
  readonly cert: string;
  close(): Promise<void>;
}

/** Serves over TLS what listens at `url` over plain HTTP. */
export async function tlsFront(url: string): Promise<TlsFront> {
  const { key, cert } = selfSigned();
  const open = new Set<Socket>();
  const server = createTlsServer({ key, cert }, (socket) => {
    const plain = connect(Number(new URL(url).port), "127.0.0.1");
    for (const end of [plain, socket]) {
      open.add(end);
      end.on("error", () => undefined).on("close", () => open.delete(end));
    }
    socket.pipe(plain).pipe(socket);
  });
  const { port, close } = await listenOnLoopback(server, open);
  return { url: `https://127.0.0.1:${port}`, cert, close };
}
