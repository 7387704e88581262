import { KeepAliveClient } from "./keep-alive-client.ts";

export interface Load {
  readonly port: number;
  readonly requests: number;
  /** @default 16 */
  readonly connections?: number;
  /** Whether all requests succeed. @default false */
  readonly sound?: boolean;
}

/** How many answers of which kind there were. */
export interface Sent {
  readonly ok: number;
  readonly failed: number;
  readonly aborted: number;
}

/** Of twenty requests one fails and one is aborted in the middle of its answer, unless the load is sound. */
export async function sendLoad({ port, requests, connections = 16, sound = false }: Load): Promise<Sent> {
  const sent = { ok: 0, failed: 0, aborted: 0 };
  const ids = Array(requests).keys();
  const use = async (client: KeepAliveClient) => {
    // all connections draw from the same ids
    for (const id of ids) sent[await sendOne(client, sound ? 20 * id : id)] += 1;
    client.close();
  };
  await Promise.all(Array.from({ length: connections }, () => use(new KeepAliveClient(port))));
  return sent;
}

async function sendOne(client: KeepAliveClient, id: number): Promise<keyof Sent> {
  if (id % 20 === 7) {
    await client.abort(`/stream/${id}`, id % 40 === 7);
    return "aborted";
  }
  const [path, expected] = id % 20 === 13 ? ["/fail", 500] : ["/ok", 200];
  const status = await client.get(`${path}/${id}`);
  if (status !== expected) throw new Error(`${path}/${id} was answered with ${status}`);
  return status === 500 ? "failed" : "ok";
}
