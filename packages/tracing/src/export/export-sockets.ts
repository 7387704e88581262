import { AsyncLocalStorage } from "node:async_hooks";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { Socket } from "node:net";

/** The connections that exports open. The exporters do not hand them out, and one that hangs keeps the process alive. */
export interface ExportSockets {
  /** Runs an export: the connections that come of it are known from now on. */
  watch(action: () => void): void;
  /** Cuts the connections, and those that are still tried. */
  cut(): void;
  /** Looks at new connections no longer. */
  forget(): void;
}

/** Node tells of each client socket here, before it connects. */
const channel = "net.client.socket";

export function exportSockets(): ExportSockets {
  // the connection may be opened long after the export was asked for, by a retry: the asynchronous context still tells whose it is
  const exporting = new AsyncLocalStorage<boolean>();
  const open = new Set<Socket>();
  let isCut = false;
  const seen = (message: unknown) => {
    const socket = socketOf(message);
    if (exporting.getStore() !== true || socket === undefined) return;
    // Node connects it only after it has told of it
    if (isCut) process.nextTick(destroy, socket);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  subscribe(channel, seen);
  return {
    watch: (action) => exporting.run(true, action),
    cut: () => {
      isCut = true;
      for (const socket of open) destroy(socket);
    },
    forget: () => unsubscribe(channel, seen),
  };
}

/** With an error of no known code: the exporters try again after those that a network has. */
function destroy(socket: Socket): void {
  socket.destroy(new Error("tracing was shut down"));
}

function socketOf(message: unknown): Socket | undefined {
  const socket: unknown = typeof message === "object" && message !== null ? Reflect.get(message, "socket") : undefined;
  return socket instanceof Socket ? socket : undefined;
}
