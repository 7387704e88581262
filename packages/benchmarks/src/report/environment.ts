import { cpus } from "node:os";

/** What the figures depend on. */
export interface Environment {
  readonly node: string;
  readonly cpu: string;
  readonly cores: number;
  readonly date: string;
}

export function environment(): Environment {
  const cores = cpus();
  return {
    node: process.version,
    cpu: cores[0]?.model.trim() ?? "unknown",
    cores: cores.length,
    date: new Date().toISOString().slice(0, 10),
  };
}

export function environmentText({ node, cpu, cores, date }: Environment): string {
  return `Node.js ${node}, ${cpu}, ${cores} cores, ${date}`;
}
