import { destination } from "pino";

/** A log that goes to the null device, each line in a write of its own, as to standard output. */
export function nullLog() {
  let lines = 0;
  const stream = destination({ dest: "/dev/null", sync: true });
  stream.on("write", () => {
    lines += 1;
  });
  return { stream, lines: () => lines };
}
