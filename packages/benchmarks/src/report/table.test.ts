import { expect, it } from "vitest";
import { markdownTable } from "./table.ts";

it("aligns its columns, and escapes what would end a cell", () => {
  const table = markdownTable({
    columns: ["what", "ns"],
    rows: [
      ["a|b", "1"],
      ["bare", "12345"],
    ],
  });
  expect(table).toBe(["| what |    ns |", "| ---- | ----: |", "| a\\|b |     1 |", "| bare | 12345 |"].join("\n"));
});

it("stands under its caption", () => {
  const table = markdownTable({ caption: "Express", columns: ["what"], rows: [["bare"]] });
  expect(table).toBe(["Express:", "", "| what |", "| ---- |", "| bare |"].join("\n"));
});
