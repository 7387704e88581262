import { once } from "node:events";
import { connect } from "node:net";

const connections = 10;

/** As many as are sent on a connection before their answers are waited for. Express adds listeners to the socket for each. */
const depth = 10;

const answer = "HTTP/1.1 ";

/** Sends many requests, pipelined on a few connections, and keeps nothing of the answers. @returns once all are answered */
export async function pipeline(port: number, requests: readonly string[]): Promise<void> {
  const left = requests.values();
  await Promise.all(Array.from({ length: connections }, () => sendAll(port, left)));
}

async function sendAll(port: number, requests: IteratorObject<string>): Promise<void> {
  const socket = connect(port, "127.0.0.1").setEncoding("latin1");
  await once(socket, "connect");
  for (let batch = take(requests); batch.length > 0; batch = take(requests)) {
    socket.write(batch.join(""));
    let answered = "";
    while (answered.split(answer).length <= batch.length) answered += await once(socket, "data");
  }
  socket.destroy();
}

function take(requests: IteratorObject<string>): string[] {
  const taken: string[] = [];
  while (taken.length < depth) {
    const { done, value } = requests.next();
    if (done) break;
    taken.push(value);
  }
  return taken;
}
