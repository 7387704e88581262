import { TableNG } from "@grafana/ui/unstable";

/** Cells, drawn by Grafana's own component, which scrolls what does not fit. */
export function Cells({ panel, frames, theme, width, height }) {
  const { frameIndex = 0, sortBy = [], cellHeight = "sm", showHeader = true } = panel.options ?? {};
  const frame = frames[frameIndex];
  if (frame === undefined || frame.length === 0) return <Nothing panel={panel} theme={theme} />;
  return (
    <TableNG
      data={frame}
      width={width}
      height={height}
      cellHeight={cellHeight}
      noHeader={!showHeader}
      sortBy={sortBy}
      noValue={panel.fieldConfig?.defaults?.noValue}
      structureRev={1}
    />
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
