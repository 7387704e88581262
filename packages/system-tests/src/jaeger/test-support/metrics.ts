/** Scrapes the app; gives the sum of the samples of a name whose labels hold `part`. */
export async function sumOf(url: string): Promise<(name: string, part?: string) => number> {
  const lines = (await (await fetch(`${url}/metrics`)).text()).split("\n").filter((line) => !line.startsWith("#"));
  return (name, part = "") =>
    lines
      .filter((line) => line.replace(/[ {].*/, "") === name && line.includes(part))
      .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(" ") + 1)), 0);
}
