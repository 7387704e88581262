import { BroadcastChannel, type MessagePort, receiveMessageOnPort, threadId, type Worker } from "node:worker_threads";
import {
  type ParentTransport,
  protocol,
  type Send,
  type WorkerEvents,
  type WorkerLine,
  type WorkersTransport,
} from "./message.ts";

/**
 * Worker threads and the main thread of one process. They meet on channels of our own and not on `parentPort`: pools of threads take every
 * message there for one of theirs. On a channel with the thread's number in its name nobody is but the two; all meet in the lobby.
 */
const lobbyName = `${protocol}/threads`;
const lineName = (thread: number) => `${lobbyName}/${thread}`;

/** The messages in the lobby. */
type Announcement =
  /** Main thread: which of you have metrics? */
  | { readonly kind: "who" }
  /** Worker: I have. */
  | { readonly kind: "here"; readonly thread: number }
  /** Worker: I end. */
  | { readonly kind: "gone"; readonly thread: number };

/** A worker thread's main thread. */
export const mainThread: ParentTransport = {
  name: "main thread",
  // it may have to ask the primary of its own
  patience: 3,
  open(heard) {
    const line = openChannel(lineName(threadId), heard);
    const lobby = openChannel(lobbyName, (announced) => {
      if ((announced as Announcement).kind === "who") announce({ kind: "here", thread: threadId });
    });
    const announce = (announcement: Announcement) => lobby.postMessage(announcement);
    const sayEnd = () => announce({ kind: "gone", thread: threadId });
    process.once("exit", sayEnd);
    announce({ kind: "here", thread: threadId });
    return {
      isConnected: true,
      send: sendOn(line),
      mute() {
        line.onmessage = () => {};
        lobby.onmessage = () => {};
      },
      close() {
        process.off("exit", sayEnd);
        line.close();
        lobby.close();
      },
    };
  },
};

/** The main thread's worker threads. */
export const workerThreads: WorkersTransport = {
  open(events) {
    const lines = new ThreadLines(events);
    const hear = (announced: unknown) => {
      const announcement = announced as Announcement;
      if (announcement.kind === "here") lines.find(announcement.thread);
      if (announcement.kind === "gone") lines.end(announcement.thread);
    };
    const lobby = openChannel(lobbyName, hear);
    const watch = (worker: Worker) => {
      const { threadId: thread } = worker;
      worker.once("exit", () => {
        // a terminated thread announces no end, and its last messages may be unread
        drain(lobby, hear);
        lines.end(thread);
      });
    };
    process.on("worker", watch);
    lobby.postMessage({ kind: "who" } satisfies Announcement);
    return () => {
      process.off("worker", watch);
      lobby.close();
      lines.close();
    };
  },
};

interface ThreadLine extends WorkerLine {
  readonly channel: BroadcastChannel;
}

/** The main thread's ends of its lines, by the threads' numbers: Node gives none of them twice. */
class ThreadLines {
  readonly #events: WorkerEvents;
  readonly #lines = new Map<number, ThreadLine>();

  constructor(events: WorkerEvents) {
    this.#events = events;
  }

  find(thread: number): void {
    const line = this.#lines.get(thread) ?? this.#open(thread);
    this.#events.found(line);
  }

  end(thread: number): void {
    const line = this.#lines.get(thread);
    if (line === undefined) return;
    this.#lines.delete(thread);
    drain(line.channel, (message) => this.#events.heard(line, message));
    line.channel.close();
    this.#events.gone(line.id);
  }

  close(): void {
    for (const { channel } of this.#lines.values()) channel.close();
    this.#lines.clear();
  }

  #open(thread: number): ThreadLine {
    const channel = openChannel(lineName(thread), (message) => this.#events.heard(line, message));
    const line: ThreadLine = { id: `thread ${thread}`, send: sendOn(channel), channel };
    this.#lines.set(thread, line);
    return line;
  }
}

/** Reads what was sent and not heard yet. */
function drain(channel: BroadcastChannel, heard: (message: unknown) => void): void {
  for (;;) {
    // Node takes both kinds of channel here; its types name one
    const received = receiveMessageOnPort(channel as unknown as MessagePort);
    if (received === undefined) return;
    heard(received.message);
  }
}

/** A channel that keeps no thread alive. */
function openChannel(name: string, heard: (message: unknown) => void): BroadcastChannel {
  const channel = new BroadcastChannel(name);
  channel.onmessage = (event) => heard((event as MessageEvent).data);
  channel.unref();
  return channel;
}

function sendOn(channel: BroadcastChannel): Send {
  return async (message) => channel.postMessage({ ...message, protocol });
}
