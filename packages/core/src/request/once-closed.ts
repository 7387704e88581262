import type { IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { endingOf, type RequestEnding } from "./ending.ts";

/**
 * Runs `action` once, when the response is closed. A client may be gone before its request came to us: its response does not close again,
 * and how it ended must be judged before the app answers into the void.
 * @param first ahead of other listeners: the one that ends the app's own span must find it complete
 */
export function onceClosed(
  req: IncomingMessage,
  res: ServerResponse,
  first: boolean,
  action: (ending: RequestEnding) => void,
): void {
  if (res.closed) {
    setImmediate(action, endingOf(req, res));
    return;
  }
  let forget: (() => void) | undefined;
  let isClosed = false;
  const closed = () => {
    if (isClosed) return;
    isClosed = true;
    forget?.();
    action(endingOf(req, res));
  };
  // a pipelined request waits for its socket; where the client leaves meanwhile, Node 20 does not close its response at all
  if (res.socket === null) forget = onSocketClosed(req.socket, closed);
  if (first) res.prependListener("close", closed);
  else res.on("close", closed);
}

const waiting = new WeakMap<Socket, Set<() => void>>();

/** One listener for each socket, however many requests wait for it. @returns stops waiting */
function onSocketClosed(socket: Socket, action: () => void): () => void {
  const actions = waiting.get(socket) ?? listenTo(socket);
  actions.add(action);
  return () => actions.delete(action);
}

function listenTo(socket: Socket): Set<() => void> {
  const actions = new Set<() => void>();
  waiting.set(socket, actions);
  socket.once("close", () => {
    for (const action of actions) action();
  });
  return actions;
}
