import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

/** As editors count, from 1. */
export interface Position {
  readonly line: number;
  readonly offset: number;
}

export interface Definition {
  readonly file: string;
  readonly start: Position;
}

/** TypeScript's server, which editors ask: it follows the maps of declarations, as the compiler's own interface does not. */
export function startTypeScriptServer(folder: string) {
  const program = createRequire(import.meta.url).resolve("typescript/lib/tsserver.js");
  const flags = ["--disableAutomaticTypingAcquisition", "--suppressDiagnosticEvents"];
  const server = spawn(process.execPath, [program, ...flags], { cwd: folder, stdio: ["pipe", "pipe", "inherit"] });
  const waiting = new Map<number, (body: readonly Definition[]) => void>();
  createInterface(server.stdout).on("line", (line) => {
    if (!line.startsWith("{")) return;
    const { request_seq, body = [] } = JSON.parse(line);
    waiting.get(request_seq)?.(body);
  });
  let sent = 0;
  const send = (command: string, args: object) => {
    sent += 1;
    server.stdin.write(`${JSON.stringify({ seq: sent, type: "request", command, arguments: args })}\n`);
    return sent;
  };
  return {
    definitions(file: string, position: Position): Promise<readonly Definition[]> {
      send("open", { file });
      const request = send("definition", { file, ...position });
      return new Promise((answer) => waiting.set(request, answer));
    },
    stop: () => server.kill(),
  };
}
