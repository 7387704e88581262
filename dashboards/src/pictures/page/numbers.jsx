import { getDisplayValueAlignmentFactors, getFieldDisplayValues } from "@grafana/data";
import { BarGauge, BigValue, VizRepeater } from "@grafana/ui";
import { fieldConfigOf } from "./frames.js";

const calcs = ["lastNotNull"];

function displayed({ panel, frames, theme, sparkline = false }) {
  const reduceOptions = { calcs, ...panel.options?.reduceOptions };
  return getFieldDisplayValues({
    fieldConfig: fieldConfigOf(panel),
    reduceOptions,
    replaceVariables: (text, scoped) => named(text, scoped),
    theme,
    data: frames,
    sparkline,
    percentChange: panel.options?.showPercentChange,
    timeZone: "utc",
  });
}

/** `${__series.name}` and the like, which getFieldDisplayValues gives names by. */
function named(text, scoped = {}) {
  return text.replaceAll(/\$\{([\w.]+)\}/g, (whole, path) => {
    const [first, ...rest] = path.split(".");
    const found = rest.reduce((value, key) => value?.[key], scoped[first]?.value);
    return found === undefined ? whole : String(found);
  });
}

function Repeated({ panel, values, width, height, children, ...more }) {
  return (
    <VizRepeater
      getValues={() => values}
      getAlignmentFactors={getDisplayValueAlignmentFactors}
      renderValue={children}
      width={width}
      height={height}
      source={values}
      itemSpacing={3}
      renderCounter={1}
      orientation={panel.options?.orientation ?? "auto"}
      {...more}
    />
  );
}

/** Big numbers, drawn by Grafana's own component. */
export function Stat({ panel, frames, theme, width, height }) {
  const { graphMode = "area", colorMode = "value", textMode = "auto", justifyMode = "auto" } = panel.options ?? {};
  const values = displayed({ panel, frames, theme, sparkline: graphMode !== "none" });
  return (
    <Repeated panel={panel} values={values} width={width} height={height} autoGrid>
      {({ value, alignmentFactors, width: w, height: h, count }) => (
        <BigValue
          value={value.display}
          count={count}
          sparkline={value.sparkline}
          colorMode={colorMode}
          graphMode={graphMode}
          textMode={textMode}
          justifyMode={justifyMode}
          disableWideLayout={panel.options?.wideLayout === false}
          text={panel.options?.text}
          alignmentFactors={alignmentFactors}
          theme={theme}
          width={w}
          height={h}
        />
      )}
    </Repeated>
  );
}

/** Bars, drawn by Grafana's own component. */
export function Bars({ panel, frames, theme, width, height }) {
  const { options = {} } = panel;
  const values = displayed({ panel, frames, theme });
  const sizes = { minVizWidth: options.minVizWidth ?? 8, minVizHeight: options.minVizHeight ?? 16 };
  return (
    <Repeated
      panel={panel}
      values={values}
      width={width}
      height={height}
      {...sizes}
      maxVizHeight={options.maxVizHeight}
    >
      {({ value, alignmentFactors, width: w, height: h, orientation }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          text={options.text}
          alignmentFactors={alignmentFactors}
          orientation={orientation}
          displayMode={options.displayMode ?? "gradient"}
          valueDisplayMode={options.valueMode}
          namePlacement={options.namePlacement}
          showUnfilled={options.showUnfilled}
          itemSpacing={8}
          theme={theme}
          width={w}
          height={h}
        />
      )}
    </Repeated>
  );
}

/** Dials: an arc, its value, its limits. */
export function Dials({ panel, frames, theme, width, height }) {
  const values = displayed({ panel, frames, theme });
  return (
    <Repeated panel={panel} values={values} width={width} height={height} autoGrid>
      {({ value, width: w, height: h }) => <Dial value={value} theme={theme} width={w} height={h} />}
    </Repeated>
  );
}

function Dial({ value: { display, field }, theme, width, height }) {
  const [min, max] = [field.min ?? 0, field.max ?? 100];
  const part = Math.min(Math.max((display.numeric - min) / (max - min), 0), 1);
  const radius = Math.min(width / 2, height / 1.25) * 0.8;
  const [x, y] = [width / 2, height * 0.62];
  const arc = (to) => {
    const angle = Math.PI * (1 + to);
    const end = `${x + radius * Math.cos(angle)} ${y + radius * Math.sin(angle)}`;
    return `M ${x - radius} ${y} A ${radius} ${radius} 0 0 1 ${end}`;
  };
  const text = [display.prefix, display.text, display.suffix].join("");
  const stroke = { fill: "none", strokeWidth: radius * 0.25 };
  return (
    <svg width={width} height={height} role="img" aria-label={text}>
      <path d={arc(1)} stroke={theme.colors.border.strong} {...stroke} />
      {Number.isNaN(part) ? null : <path d={arc(part)} stroke={display.color} {...stroke} />}
      <text x={x} y={y} textAnchor="middle" fill={theme.colors.text.primary} fontSize={radius * 0.42}>
        {text}
      </text>
      <text x={x} y={y + radius * 0.3 + 4} textAnchor="middle" fill={theme.colors.text.secondary} fontSize={11}>
        {display.title ?? `${min}–${max}`}
      </text>
    </svg>
  );
}
