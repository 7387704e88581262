import type { Told } from "./messages.ts";
import { listenToProcess, Play, say } from "./play.ts";

/** Serves one case after another, as it is told. */
let play: Play | undefined;

async function obey(told: Told): Promise<void> {
  if (told.kind === "exit") process.exit();
  if (told.kind === "play") {
    play = await Play.begin(told.host, told.name);
    say(await play.open());
  } else if (told.kind === "cue") play?.cue(told.name);
  else if (told.kind === "end") {
    // the natural end of a process
    play?.close();
    process.disconnect?.();
  } else if (play !== undefined) say({ kind: "settled", played: await play.settle() });
}

if (process.env["TABLE_ALONE"] !== "yes") {
  listenToProcess();
  process.on("disconnect", () => process.exit());
}
process.on("message", (told: Told) => {
  obey(told).catch((error: unknown) =>
    say({ kind: "failed", reason: error instanceof Error ? `${error.stack}` : String(error) }),
  );
});
say({ kind: "ready" });
