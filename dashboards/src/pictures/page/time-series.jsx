import { dateTime } from "@grafana/data";
import { TimeSeries } from "@grafana/ui";
import { useLayoutEffect } from "react";

/** Lines, drawn by Grafana's own component; the exemplars' dots and the annotations are drawn here. */
export function Lines({ panel, frames, answers, span, marks, theme, width, height }) {
  const legend = { displayMode: "list", placement: "bottom", showLegend: true, calcs: [], ...panel.options?.legend };
  if (legend.showLegend === false) legend.displayMode = "hidden";
  const range = { from: dateTime(span.from * 1000), to: dateTime(span.to * 1000) };
  const timeRange = { ...range, raw: range };
  const exemplars = answers.flatMap((answer) => answer.exemplars);
  return (
    <TimeSeries
      frames={frames.filter((frame) => frame.fields.some((field) => field.type === "number"))}
      structureRev={1}
      timeRange={timeRange}
      timeZone="utc"
      width={width}
      height={height}
      legend={legend}
      options={panel.options}
    >
      {(config) => <Overlay config={config} exemplars={exemplars} marks={marks} theme={theme} />}
    </TimeSeries>
  );
}

function Overlay({ config, exemplars, marks, theme }) {
  useLayoutEffect(() => {
    config.addHook("draw", (plot) => {
      drawMarks(plot, marks, theme);
      drawExemplars(plot, exemplars, theme);
    });
  }, [config, exemplars, marks, theme]);
  return null;
}

function drawMarks(plot, marks, theme) {
  const { ctx, bbox } = plot;
  const within = (x) => Math.min(Math.max(x, bbox.left), bbox.left + bbox.width);
  ctx.save();
  ctx.setLineDash([4, 4]);
  for (const { from, to, color } of marks) {
    const [left, right] = [from, to].map((time) => within(plot.valToPos(time, "x", true)));
    ctx.strokeStyle = theme.visualization.getColorByName(color);
    ctx.fillStyle = ctx.strokeStyle;
    ctx.globalAlpha = 0.1;
    ctx.fillRect(left, bbox.top, right - left, bbox.height);
    ctx.globalAlpha = 1;
    for (const x of new Set([left, right])) {
      ctx.beginPath();
      ctx.moveTo(x, bbox.top);
      ctx.lineTo(x, bbox.top + bbox.height);
      ctx.stroke();
    }
  }
  ctx.restore();
}

function drawExemplars(plot, exemplars, theme) {
  const scale = plot.series[1]?.scale;
  if (scale === undefined) return;
  const { ctx, bbox } = plot;
  const { max = 0 } = plot.scales[scale];
  ctx.save();
  ctx.fillStyle = theme.visualization.getColorByName("blue");
  for (const { time, value } of exemplars) {
    const x = plot.valToPos(time, "x", true);
    const y = plot.valToPos(Math.min(value, max), scale, true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    const r = 4;
    ctx.beginPath();
    ctx.moveTo(x, y - r);
    ctx.lineTo(x + r, y);
    ctx.lineTo(x, y + r);
    ctx.lineTo(x - r, y);
    ctx.fill();
  }
  ctx.restore();
}
