/** Where the command writes: results to `out`, everything else to `err`. */
export interface Output {
  out(line: string): void;
  err(line: string): void;
  /** One line that the next one overwrites; on a terminal alone. */
  progress(line: string): void;
}

/** The process's own streams. Nothing is coloured. */
export function processOutput(): Output {
  const { stdout, stderr } = process;
  // whoever reads may have had enough: `| head`
  stdout.on("error", () => process.exit());
  let isLineOpen = false;
  const write = (stream: NodeJS.WriteStream, text: string) => {
    if (isLineOpen) stderr.write("\r\x1b[K");
    isLineOpen = false;
    stream.write(text);
  };
  return {
    out: (line) => write(stdout, `${line}\n`),
    err: (line) => write(stderr, `${line}\n`),
    progress: (line) => {
      if (!stderr.isTTY) return;
      write(stderr, line);
      isLineOpen = true;
    },
  };
}
