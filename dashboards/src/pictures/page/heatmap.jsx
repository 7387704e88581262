import { dateTimeFormat, formattedValueToString, getValueFormat } from "@grafana/data";
import * as schemes from "d3-scale-chromatic";
import { Nothing } from "./tables.jsx";

/** Buckets over time: what Prometheus counts up to a bound is made into what lies between two. */
export function Heat({ panel, answers, theme, span, width, height }) {
  const buckets = bucketsOf(answers);
  if (buckets.length === 0) return <Nothing panel={panel} theme={theme} />;
  const { options = {}, fieldConfig } = panel;
  const plot = { left: 62, top: 6, width: width - 72, height: height - 30 - (options.legend?.show === false ? 0 : 22) };
  const most = Math.max(...buckets.flatMap(({ values }) => values.map((value) => value ?? 0)), 0);
  const color = colorOf(options.color ?? {}, theme);
  const row = plot.height / buckets.length;
  const step = (answers[0]?.step ?? 15) * 1000;
  const [from, to] = [span.from * 1000, span.to * 1000];
  const x = (time) => plot.left + ((time - from) / (to - from)) * plot.width;
  const least = options.filterValues?.le ?? 1e-9;
  const gap = options.cellGap ?? 1;
  const cells = buckets.flatMap(({ times, values }, index) =>
    times.flatMap((time, at) => {
      const value = values[at] ?? 0;
      if (value <= least) return [];
      const left = Math.max(x(time - step), plot.left);
      const place = {
        x: left,
        y: plot.top + plot.height - (index + 1) * row,
        width: Math.max(x(time) - left - gap, 1),
        height: Math.max(row - gap, 1),
      };
      return [<rect key={`${index}-${at}`} {...place} fill={color(value / most)} />];
    }),
  );
  const unit = getValueFormat(options.yAxis?.unit ?? fieldConfig?.defaults?.unit ?? "short");
  const every = Math.ceil(14 / row);
  return (
    <svg
      width={width}
      height={height}
      fontSize={12}
      fill={theme.colors.text.primary}
      role="img"
      aria-label={panel.title}
    >
      {cells}
      {buckets.map(({ le }, index) =>
        index % every === 0 ? (
          <text key={le} x={plot.left - 6} y={plot.top + plot.height - (index + 0.5) * row + 4} textAnchor="end">
            {Number.isFinite(le)
              ? formattedValueToString(unit(le, options.yAxis?.decimals ?? 1)).replace(/\.0(?=\D|$)/, "")
              : "more"}
          </text>
        ) : null,
      )}
      <Times from={from} to={to} x={x} y={plot.top + plot.height + 18} theme={theme} />
      {options.legend?.show === false ? null : (
        <Scale color={color} most={most} x={plot.left} y={height - 14} theme={theme} />
      )}
    </svg>
  );
}

const minute = 60_000;
/** Minutes between two times that are written. */
const roundSteps = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14_400];

/** Round times, six of them at most. */
function Times({ from, to, x, y }) {
  const step = (roundSteps.find((minutes) => (to - from) / (minutes * minute) <= 6) ?? 14_400) * minute;
  const first = Math.ceil(from / step) * step;
  const ticks = Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, index) => first + index * step);
  return ticks.map((time) => (
    <text key={time} x={x(time)} y={y} textAnchor="middle">
      {dateTimeFormat(time, { format: step < 1440 * minute ? "HH:mm" : "MM/DD", timeZone: "utc" })}
    </text>
  ));
}

function Scale({ color, most, x, y }) {
  const parts = Array.from({ length: 40 }, (_, index) => index / 39);
  return (
    <g>
      {parts.map((part, index) => (
        <rect key={part} x={x + index * 4} y={y} width={4} height={8} fill={color(part)} />
      ))}
      <text x={x + 168} y={y + 8} fontSize={11}>{`up to ${Number(most.toPrecision(3)).toLocaleString("en")}`}</text>
    </g>
  );
}

/** By their bounds, ascending, each without what the one below it has. */
function bucketsOf(answers) {
  const cumulative = answers
    .flatMap(({ series }) => series)
    .map((one) => ({ ...one, le: one.labels.le === "+Inf" ? Number.POSITIVE_INFINITY : Number(one.labels.le) }))
    .filter(({ le }) => !Number.isNaN(le))
    .sort((a, b) => a.le - b.le);
  return cumulative.map((one, index) => {
    const below = cumulative[index - 1];
    return {
      ...one,
      values: one.values.map((value, at) => (value === null ? null : Math.max(value - (below?.values[at] ?? 0), 0))),
    };
  });
}

function colorOf({ scheme = "Oranges", reverse = false, mode = "scheme", fill = "dark-orange" }, theme) {
  if (mode === "opacity") {
    const color = theme.visualization.getColorByName(fill);
    return (part) => `color-mix(in srgb, ${color} ${Math.round(15 + 85 * part)}%, transparent)`;
  }
  // biome-ignore lint/performance/noDynamicNamespaceImportAccess: a board may name any of them
  const interpolate = schemes[`interpolate${scheme}`] ?? schemes.interpolateOranges;
  // on the dark theme Grafana turns the schemes that go from light to dark
  const isTurned =
    reverse !== theme.isDark && !["Turbo", "Viridis", "Magma", "Inferno", "Plasma", "Cividis"].includes(scheme);
  return (part) => interpolate(isTurned ? 1 - Math.sqrt(part) : Math.sqrt(part));
}
