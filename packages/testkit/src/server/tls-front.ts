import { connect, type Socket } from "node:net";
import { createServer } from "node:tls";
import { listenOnLoopback } from "./listen-on-loopback.ts";
import { selfSigned } from "./self-signed.ts";

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
  const server = createServer({ key, cert }, (socket) => {
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
