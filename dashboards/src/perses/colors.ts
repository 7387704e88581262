/** Each of Grafana's hues from dark to super-light, as its dark theme draws them. Perses takes hexadecimal colours alone. */
const shades: Readonly<Record<string, readonly string[]>> = {
  red: ["#C4162A", "#E02F44", "#F2495C", "#FF7383", "#FFA6B0"],
  orange: ["#FA6400", "#FF780A", "#FF9830", "#FFB357", "#FFCB7D"],
  yellow: ["#E0B400", "#F2CC0C", "#FADE2A", "#FFEE52", "#FFF899"],
  green: ["#37872D", "#56A64B", "#73BF69", "#96D98D", "#C8F2C2"],
  blue: ["#1F60C4", "#3274D9", "#5794F2", "#8AB8FF", "#C0D8FF"],
  purple: ["#8F3BB8", "#A352CC", "#B877D9", "#CA95E5", "#DEB6F2"],
};
const steps = ["dark-", "semi-dark-", "", "light-", "super-light-"];

/** The colour in hexadecimal digits; absent for the text's colour, which Perses takes from its theme. Throws for a name that it does not know. */
export function hexColor(name: string): string | undefined {
  if (name === "text") return undefined;
  if (/^#[0-9a-f]{6}$/i.test(name)) return name;
  const [, step = "", hue = ""] = /^((?:\w+-)*)(\w+)$/.exec(name) ?? [];
  const color = shades[hue]?.[steps.indexOf(step)];
  if (color === undefined) throw new Error(`no hexadecimal colour is known for "${name}": add it to perses/colors.ts`);
  return color;
}
