import cluster, { type Worker } from "node:cluster";
import { type ParentTransport, protocol, type Send, type WorkerLine, type WorkersTransport } from "./message.ts";

/** A worker process and its cluster's primary, on the channel of `process.send()`. */
export const primaryProcess: ParentTransport = {
  name: "primary",
  patience: 2,
  open(heard) {
    process.on("message", heard);
    const stopListening = () => void process.off("message", heard);
    return {
      get isConnected() {
        return process.connected;
      },
      send: sender((message, done) => process.send?.(message, undefined, undefined, done)),
      mute: stopListening,
      close: stopListening,
    };
  },
};

/** The primary and its worker processes. */
export const workerProcesses: WorkersTransport = {
  open({ found, heard, gone }) {
    const onMessage = (worker: Worker, message: unknown) => heard(lineTo(worker), message);
    const onDisconnect = (worker: Worker) => gone(lineTo(worker).id);
    cluster.on("message", onMessage);
    // not "exit": that may come before the worker's last words were read
    cluster.on("disconnect", onDisconnect);
    for (const worker of Object.values(cluster.workers ?? {})) {
      if (worker?.isConnected()) found(lineTo(worker));
    }
    return () => {
      cluster.off("message", onMessage);
      cluster.off("disconnect", onDisconnect);
    };
  },
};

function lineTo(worker: Worker): WorkerLine {
  return {
    id: `process ${worker.id}`,
    send: sender((message, done) => worker.send(message, undefined, undefined, done)),
  };
}

type RawSend = (message: object, done: (error: Error | null) => void) => unknown;

function sender(send: RawSend): Send {
  return (message) =>
    new Promise((resolve, reject) => {
      send({ ...message, protocol }, (error) => (error ? reject(error) : resolve()));
    });
}
