import { globSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve, sep } from "node:path";
import ts from "typescript";

/** A package's `src`, or a folder of core's: what a newcomer looks for and finds by its name. */
export interface Room {
  /** `core/request`, `logging` */
  readonly name: string;
  /** From the repository's root. */
  readonly folder: string;
  /** Its sources, without tests, what tests share, and the entry that names what is public. */
  readonly files: readonly string[];
  readonly lines: number;
}

/** More files for 1,000 lines, and one looks for a thing in too many places. */
const filesPerThousandLines = 12;
/** A small room may have a few files whatever their length. */
const small = { lines: 250, files: 3 };

const sourcesIn = (root: string, folder: string) =>
  globSync("**/*.ts", { cwd: join(root, folder) })
    .filter((path) => !/\.test\.ts$|\.d\.ts$/.test(path) && !path.split(sep).includes("test-support"))
    .map((path) => join(folder, path))
    .sort();

/** Every room of the repository. */
export function roomsOf(root: string): Room[] {
  const packages = globSync(["packages/*/src", "dashboards/src"], { cwd: root }).filter(
    (folder) => folder !== join("packages", "core", "src"),
  );
  const core = globSync("packages/core/src/*/", { cwd: root }).filter((folder) => !folder.includes("test-support"));
  return [...packages, ...core].sort().map((folder) => {
    const files = sourcesIn(root, folder).filter((path) => path !== join(folder, "index.ts"));
    const lines = files.reduce((sum, path) => sum + readFileSync(join(root, path), "utf8").split("\n").length - 1, 0);
    return { name: nameOf(folder), folder, files, lines };
  });
}

function nameOf(folder: string): string {
  return folder
    .replace(/^packages\//, "")
    .replace(/\/src\/?/, "/")
    .replace(/\/$/, "");
}

/** Files for 1,000 lines. */
export const densityOf = ({ files, lines }: Pick<Room, "files" | "lines">) => (files.length / lines) * 1000;

/** Whether a room is cut finer than it may be. */
export function isTooFine(room: Pick<Room, "files" | "lines">): boolean {
  const isSmall = room.lines < small.lines && room.files.length <= small.files;
  return room.files.length > 0 && !isSmall && densityOf(room) > filesPerThousandLines;
}

/** Which rooms import which, each with the rooms that it imports in the order of the alphabet. */
export type Imports = Readonly<Record<string, readonly string[]>>;

/** Which of our packages import which. */
export function packageImports(root: string): Imports {
  const names = globSync(["packages/*/src", "dashboards/src"], { cwd: root }).map((folder) => [nameOf(folder), folder]);
  return importsBetween(names, root, (specifier) => /^@aiwatch\/([\w-]+)/.exec(specifier)?.[1]);
}

/** Which of core's rooms import which. */
export function coreImports(root: string): Imports {
  const src = join(root, "packages/core/src");
  const folders = globSync("packages/core/src/*/", { cwd: root }).filter((folder) => !folder.includes("test-support"));
  const names = folders.map((folder) => [nameOf(folder).replace("core/", ""), folder]);
  return importsBetween(names, root, (specifier, file) => {
    const [room = "", rest] = relative(src, resolve(root, dirname(file), specifier)).split(sep);
    return specifier.startsWith(".") && rest !== undefined && room !== ".." ? room : undefined;
  });
}

function importsBetween(
  rooms: readonly (readonly string[])[],
  root: string,
  roomOf: (specifier: string, file: string) => string | undefined,
): Imports {
  const imports = rooms.map(([name = "", folder = ""]) => {
    const imported = sourcesIn(root, folder).flatMap((file) =>
      ts
        .preProcessFile(readFileSync(join(root, file), "utf8"))
        .importedFiles.map(({ fileName }) => roomOf(fileName, file)),
    );
    const others = imported.filter((room) => room !== undefined && room !== name) as string[];
    return [name, [...new Set(others)].sort()] as const;
  });
  return Object.fromEntries(imports.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The arrows of a drawing in Mermaid: `llamacpp --> core`. */
export function drawnImports(markdown: string): Imports {
  const [, drawing = ""] = /```mermaid\n(.*?)```/s.exec(markdown) ?? [];
  const arrows = [...drawing.matchAll(/^\s*([\w-]+) --> ([\w-]+)$/gm)];
  const drawn: Record<string, string[]> = {};
  for (const [, from = "", to = ""] of arrows) drawn[from] = [...(drawn[from] ?? []), to].sort();
  return drawn;
}

/** The rows of a table of rooms whose last column names what a room imports: `| request | what it is | base, tracing |`. */
export function tabledImports(markdown: string): Imports {
  const rows = [...markdown.matchAll(/^\| `([\w-]+)` +\|.*\| ([\w`, -]*?) *\|$/gm)];
  return Object.fromEntries(rows.map(([, room = "", names = ""]) => [room, namesIn(names)]));
}

/** The same Markdown, with the last column as the sources are. */
export function withTabledImports(markdown: string, imports: Imports): string {
  return markdown.replaceAll(/^(\| `([\w-]+)` +\|.*\| )([\w`, -]*?)( *\|)$/gm, (row, start, room, _names, end) =>
    imports[room] === undefined ? row : `${start}${textOf(imports[room])}${end}`,
  );
}

const namesIn = (text: string) => text.match(/[\w-]+/g) ?? [];
const textOf = (names: readonly string[]) => names.map((name) => `\`${name}\``).join(", ");
