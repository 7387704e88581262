import { rm } from "node:fs/promises";
import { describeWith, nodeRelease } from "@aiwatch/testkit";
import { afterAll, expect, it } from "vitest";
import { clientFolder, packOurs } from "./test-support/client-folder.ts";
import { columnOf, shownColumn } from "./test-support/peer-column.ts";
import { playEndings, reasonAgainst } from "./test-support/play-endings.ts";
import { folders } from "./test-support/table/clients.ts";
import { endings } from "./test-support/table/endings.ts";
import { helpers } from "./test-support/table/helpers.ts";
import { peers } from "./test-support/table/peers.ts";

const name = "openai 6";
const table = [...endings, ...helpers].filter((ending) => reasonAgainst(name, ending) === undefined);
const none = Promise.resolve([]);
/** openlit is busy with it for minutes. */
const lighter = table.filter((ending) => ending.name !== "an event of ten megabytes");

/** Plays the table bare and with a layer, and prints the layer's column. */
async function play(layer: string, folder: string, played = table) {
  const { program } = await nodeRelease(24);
  const bare = await playEndings(name, played, { program, folder, layer: "none" });
  const layered = await playEndings(name, played, { program, folder, layer, isLoud: true });
  const cells = columnOf(played, bare, layered, ({ told, unlike }) => unlike?.[name]?.told ?? told);
  process.stdout.write(`\n${shownColumn(layer, cells)}`);
  return cells;
}

describeWith(
  "ours on the table of the peers",
  () => clientFolder("elder", folders.elder, packOurs()),
  (folder) => {
    afterAll(() => rm(folder, { recursive: true }));

    it("leaves the app as it is, and has one whole span for each inference", async () => {
      const cells = await play("aiwatch", folder);
      expect(cells.filter((cell) => Object.values(cell).includes(false))).toEqual([]);
    });
  },
);

for (const [layer, dependencies] of Object.entries(peers)) {
  describeWith(
    `${layer} on the same table`,
    () => clientFolder(layer, dependencies, none, "--legacy-peer-deps"),
    (folder) => {
      afterAll(() => rm(folder, { recursive: true }));

      it("is played to its end", async () => {
        expect(await play(layer, folder, lighter)).toHaveLength(lighter.length);
      });
    },
  );
}
