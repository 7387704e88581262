import { mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { buildGoProgram } from "./go-program.ts";

const program = { module: "example.org/tea", version: "v1.2.3", main: "cmd/pour" };
let folder: string;
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), "aiwatch-go-")));
  vi.stubEnv("PATH", folder);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(folder, { recursive: true });
});

/** What stands for Go: a build takes minutes, and not every machine has it. */
const goThat = (doesFor: { readonly mod: string; readonly build: string }) =>
  writeFile(join(folder, "go"), `#!/bin/sh\ncase $1 in mod) ${doesFor.mod};; build) ${doesFor.build};; esac\n`, {
    mode: 0o755,
  });

const build = () => buildGoProgram(program, join(folder, "pour"), () => undefined);

describe("buildGoProgram", () => {
  it("says that there is no Go", async () => {
    await expect(build()).rejects.toThrow("go is not on this machine");
  });

  it("quotes Go, without addresses, where the module cannot be had", async () => {
    const answer = `{"Error": "example.org/tea@v1.2.3: Get \\"https://key@proxy.example/tea/@v/v1.2.3.mod\\": no such host"}`;
    await goThat({ mod: `echo '${answer}'; exit 1`, build: "exit 1" });
    await expect(build()).rejects.toThrow(
      'go cannot download example.org/tea v1.2.3: example.org/tea@v1.2.3: Get "(address)": no such host',
    );
  });

  it("quotes Go where it does not build", async () => {
    await goThat({ mod: `echo '{"Dir": "${folder}"}'`, build: "echo 'pour.go:7: undefined: milk' >&2; exit 2" });
    await expect(build()).rejects.toThrow("go cannot build example.org/tea/cmd/pour: pour.go:7: undefined: milk");
  });

  it("builds in the module's folder, by what the module locked", async () => {
    const seen = join(folder, "seen");
    await goThat({ mod: `echo "$@" >${seen}; echo '{"Dir": "${folder}"}'`, build: `echo "$PWD $@" >>${seen}` });
    await build();
    const [download, building] = (await readFile(seen, "utf8")).split("\n");
    expect(download).toBe("mod download -json example.org/tea@v1.2.3");
    expect(building).toMatch(`${folder} build -mod=readonly`);
    expect(building).toMatch(`-o ${join(folder, "pour")} ./cmd/pour`);
  });
});
