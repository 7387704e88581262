import { type AddressInfo, connect, type Socket } from "node:net";
import { createServer } from "node:tls";
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
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo;
  const close = () => {
    const closed = new Promise<void>((resolve) => {
      server.close(() => resolve());
    });
    for (const socket of open) socket.destroy();
    return closed;
  };
  return { url: `https://127.0.0.1:${port}`, cert, close };
}
