import { FieldType, formattedValueToString } from "@grafana/data";

const rowHeight = { sm: 36, md: 42, lg: 48 };
const headHeight = 36;

/** Cells with their units, colours and bars. What does not fit is below the fold, as in Grafana, and counted. */
export function Cells({ panel, frames, theme, width, height }) {
  const frame = frames[panel.options?.frameIndex ?? 0];
  if (frame === undefined || frame.length === 0) return <Nothing panel={panel} theme={theme} />;
  const fields = frame.fields.filter(({ config }) => !config.custom?.hidden && !config.custom?.hideFrom?.viz);
  const perRow = rowHeight[panel.options?.cellHeight ?? "sm"] ?? 36;
  const order = sorted(frame, panel.options?.sortBy?.[0]);
  const rows = order.slice(0, Math.max(Math.floor((height - headHeight - 12) / perRow), 1));
  const widths = widthsOf(fields, width);
  return (
    <div style={{ width, height, overflow: "hidden", fontSize: 14 }}>
      <table
        style={{ tableLayout: "fixed", width: widths.reduce((sum, one) => sum + one, 0), borderCollapse: "collapse" }}
      >
        <thead>
          <tr style={{ height: headHeight }}>
            {fields.map((field, index) => (
              <th
                key={field.name}
                style={{
                  ...cellStyle(field, theme),
                  width: widths[index],
                  color: theme.colors.primary.text,
                  fontWeight: 500,
                }}
              >
                {field.state?.displayName ?? field.config.displayName ?? field.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row} style={{ height: perRow }}>
              {fields.map((field) => (
                <Cell key={field.name} field={field} row={row} theme={theme} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <Small theme={theme}>
        {frame.length > rows.length ? `${frame.length - rows.length} more rows below the fold` : ""}
      </Small>
    </div>
  );
}

export const Small = ({ theme, children }) => (
  <div style={{ color: theme.colors.text.disabled, fontSize: 9, lineHeight: "11px", padding: "0 6px" }}>{children}</div>
);

export function Nothing({ panel, theme }) {
  const text = panel.fieldConfig?.defaults?.noValue ?? "No data";
  return (
    <div style={{ display: "grid", placeItems: "center", height: "100%", color: theme.colors.text.secondary }}>
      {text}
    </div>
  );
}

function widthsOf(fields, width) {
  const fixed = fields.map(({ config }) => config.custom?.width);
  const free = fixed.filter((one) => one === undefined).length;
  const left = width - fixed.reduce((sum, one) => sum + (one ?? 0), 0);
  const least = fields.map(({ config }) => Math.max(config.custom?.minWidth ?? 0, 50));
  return fixed.map((one, index) => one ?? Math.max(left / free, least[index]));
}

function sorted(frame, by) {
  const order = Array.from({ length: frame.length }, (_, index) => index);
  const field = frame.fields.find(
    (one) => by !== undefined && (one.name === by.displayName || one.config.displayName === by.displayName),
  );
  if (field === undefined) return order;
  const sign = by.desc ? -1 : 1;
  const compare = (a, b) => (a === b ? 0 : (a ?? -Infinity) < (b ?? -Infinity) ? -1 : 1);
  return order.sort((a, b) => sign * compare(field.values[a], field.values[b]));
}

function cellStyle(field, theme) {
  const { align = "auto" } = field.config.custom ?? {};
  const textAlign = align === "auto" ? (field.type === FieldType.number ? "right" : "left") : align;
  const border = `1px solid ${theme.colors.border.weak}`;
  return {
    textAlign,
    padding: "0 6px",
    borderBottom: border,
    overflow: "hidden",
    textOverflow: "ellipsis",
    whiteSpace: "nowrap",
  };
}

function Cell({ field, row, theme }) {
  const display = field.display(field.values[row]);
  const text = formattedValueToString(display);
  const style = cellStyle(field, theme);
  const { type = "auto" } = field.config.custom?.cellOptions ?? {};
  if (type === "color-text") return <td style={{ ...style, color: display.color }}>{text}</td>;
  if (type === "color-background")
    return (
      <td style={{ ...style, background: display.color, color: theme.colors.getContrastText(display.color) }}>
        {text}
      </td>
    );
  if (type === "gauge") return <GaugeCell display={display} text={text} style={style} theme={theme} />;
  const color = field.config.links?.length > 0 ? theme.colors.text.link : theme.colors.text.primary;
  return <td style={{ ...style, color }}>{text}</td>;
}

function GaugeCell({ display, text, style, theme }) {
  const part = `${Math.round((display.percent ?? 0) * 100)}%`;
  const bar = { width: part, height: 16, background: display.color, opacity: 0.5, borderRadius: 2 };
  return (
    <td style={style}>
      <div style={{ display: "flex", gap: 6, alignItems: "center" }}>
        <div style={{ flex: 1, background: theme.colors.background.secondary }}>
          <div style={bar} />
        </div>
        <span style={{ color: display.color }}>{text}</span>
      </div>
    </td>
  );
}

const stateColors = { firing: "red", pending: "orange", inactive: "green" };

/** Alert rules by state, the loudest first. */
export function Alerts({ panel, alerts, theme, height }) {
  const filter = panel.options?.stateFilter ?? {};
  const wanted = (state) => filter[state] ?? filter[state === "inactive" ? "normal" : state] ?? state !== "inactive";
  const lines = alerts.flatMap((rule) =>
    rule.alerts.length === 0
      ? [{ rule, labels: {}, state: rule.state }]
      : rule.alerts.map((alert) => ({ rule, ...alert })),
  );
  const order = ["firing", "pending", "inactive"];
  const shown = lines
    .filter(({ state }) => wanted(state))
    .sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state));
  if (shown.length === 0)
    return <Nothing panel={{ fieldConfig: { defaults: { noValue: "No alerts match" } } }} theme={theme} />;
  return (
    <div style={{ height, overflow: "hidden", fontSize: 13 }}>
      {shown.map(({ rule, labels, state }, index) => (
        <div
          key={`${rule.name}-${index}`}
          style={{ display: "flex", gap: 8, padding: "5px 8px", borderBottom: `1px solid ${theme.colors.border.weak}` }}
        >
          <span style={{ color: theme.visualization.getColorByName(stateColors[state]), width: 62 }}>{state}</span>
          <span style={{ color: theme.colors.text.primary }}>{rule.name}</span>
          <span
            style={{
              color: theme.colors.text.secondary,
              overflow: "hidden",
              whiteSpace: "nowrap",
              textOverflow: "ellipsis",
            }}
          >
            {Object.entries(labels)
              .filter(([label]) => label !== "alertname")
              .map(([label, value]) => `${label}=${value}`)
              .join(" ")}
          </span>
        </div>
      ))}
    </div>
  );
}
