import { createHash } from "node:crypto";
import { casePath } from "./client/ask.ts";
import { Http2Client } from "./client/http2-client.ts";
import { type Cues, RawClient } from "./client/raw-client.ts";
import type { ExchangeCase, HostTraits } from "./exchange-case.ts";

/** Plays the client's part. @returns what was on the wire */
export async function visit(exchange: ExchangeCase, host: HostTraits, port: number, cues: Cues): Promise<string> {
  return host.http === 1 ? await visit1(exchange, host, port, cues) : await visit2(exchange, port, cues);
}

async function visit1(
  { client: play, ask }: ExchangeCase,
  host: HostTraits,
  port: number,
  cues: Cues,
): Promise<string> {
  const client = await RawClient.open(port, cues, host.rewrites ? ["accept-encoding: gzip"] : []);
  try {
    if (play !== undefined) await play(client);
    else {
      client.send(ask ?? {});
      await client.closed();
    }
  } finally {
    client.socket.destroy();
  }
  return comparable(client.wire);
}

async function visit2({ client2: play, ask = {} }: ExchangeCase, port: number, cues: Cues): Promise<string> {
  const client = await Http2Client.open(port, cues);
  try {
    if (play !== undefined) await play(client);
    else {
      const { method = "GET", path = casePath, headers = [], body } = ask;
      const fields = headers
        .map((line) => line.split(/: ?/, 2))
        .filter(([name]) => !/^(connection|te|transfer-encoding|keep-alive)$/.test(name ?? ""));
      const stream = client.request(
        { ":method": method, ":path": path, ...Object.fromEntries(fields) },
        { endStream: body === undefined },
      );
      if (body !== undefined) stream.end(body);
      await client.closed(stream);
    }
    client.session.close();
    await client.closed(client.session);
  } finally {
    client.session.destroy();
  }
  return comparable(client.wire);
}

const ownId = /"?x-request-id: (?:theirs|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})(\r\n|",?)/gi;

/** Without the one header that is ours, and the time. */
export function comparable(wire: string): string {
  const text = wire
    .replaceAll(ownId, "")
    .replaceAll(/,\]/g, "]")
    .replaceAll(/127\.0\.0\.1:\d+/g, "here")
    .replaceAll(/(date: )[^\r\n"]+ GMT/gi, "$1now");
  if (text.length < 6000) return text;
  const head = text.slice(0, text.indexOf("\r\n\r\n"));
  const rest = text.slice(head.length);
  return `${head}\r\n${rest.length} bytes, ${createHash("sha1").update(rest).digest("hex")}`;
}
