import "@fontsource-variable/inter/index.css";
import "uplot/dist/uPlot.min.css";
import "./page.css";
import { createTheme, renderTextPanelMarkdown, ThemeContext } from "@grafana/data";
import { GlobalStyles, PanelChrome } from "@grafana/ui";
import { Component } from "react";
import { flushSync } from "react-dom";
import { createRoot } from "react-dom/client";
import { framesOf } from "./frames.js";
import { Heat } from "./heatmap.jsx";
import { Bars, Dials, Stat } from "./numbers.jsx";
import { Alerts, Cells, Nothing, Small } from "./tables.jsx";
import { Lines } from "./time-series.jsx";

const drawing = JSON.parse(document.getElementById("drawing").textContent);

/** Grafana brings the font itself, under a name of its own. */
const theme = createTheme({
  colors: { mode: drawing.theme },
  typography: { fontFamily: "'Inter Variable', 'Helvetica', 'Arial', sans-serif" },
});

const Markdown = ({ panel, theme: { colors } }) => (
  <div
    className="markdown-html"
    style={{ padding: 8, color: colors.text.primary, overflow: "hidden" }}
    dangerouslySetInnerHTML={{ __html: renderTextPanelMarkdown(panel.options?.content ?? "") }}
  />
);

const Unknown = ({ panel }) => (
  <Nothing panel={{ fieldConfig: { defaults: { noValue: `a panel of type ${panel.type}` } } }} theme={theme} />
);

/** What draws each kind of panel, and whether that is Grafana's own component. */
const kinds = {
  timeseries: { Draw: Lines, isGrafanas: true, needsNumbers: true },
  stat: { Draw: Stat, isGrafanas: true },
  bargauge: { Draw: Bars, isGrafanas: true },
  gauge: { Draw: Dials },
  table: { Draw: Cells, isGrafanas: true },
  heatmap: { Draw: Heat },
  alertlist: { Draw: Alerts },
  text: { Draw: Markdown, isGrafanas: true },
};

class Guard extends Component {
  state = {};
  static getDerivedStateFromError(error) {
    return { error };
  }
  render() {
    return this.state.error ? (
      <div style={{ color: "red", padding: 8 }}>{String(this.state.error)}</div>
    ) : (
      this.props.children
    );
  }
}

function Panel({ answered, frames, drawing }) {
  const { panel, place, answers } = answered;
  const { Draw, isGrafanas, needsNumbers } = kinds[panel.type] ?? { Draw: Unknown };
  const errors = answers.flatMap(({ error }) => (error === undefined ? [] : [error]));
  const isEmpty = needsNumbers && !frames.some(({ length }) => length > 0);
  const note = [isGrafanas ? "" : `${panel.type}: drawn by the script`, ...errors].filter(Boolean).join("; ");
  const noteHeight = note === "" ? 0 : 12;
  return (
    <div
      className="place"
      data-title={panel.title}
      style={{ left: place.x, top: place.y, width: place.w, height: place.h }}
    >
      <PanelChrome
        title={panel.title ?? ""}
        width={place.w}
        height={place.h}
        displayMode={panel.transparent ? "transparent" : "default"}
      >
        {(width, height) => (
          <Guard>
            <div style={{ width, height: height - noteHeight }}>
              {isEmpty ? (
                <Nothing panel={panel} theme={theme} />
              ) : (
                <Draw
                  {...answered}
                  {...drawing}
                  frames={frames}
                  theme={theme}
                  width={width}
                  height={height - noteHeight}
                />
              )}
            </div>
            <Small theme={theme}>{note}</Small>
          </Guard>
        )}
      </PanelChrome>
    </div>
  );
}

function Row({ answered: { panel, place, wasCollapsed } }) {
  const children = panel.panels?.length ?? 0;
  return (
    <div
      className="place heading"
      data-title={panel.title}
      style={{ left: place.x, top: place.y, width: place.w, height: place.h, color: theme.colors.text.primary }}
    >
      <span>{wasCollapsed ? "▸" : "▾"}</span> {panel.title}
      {wasCollapsed ? (
        <i style={{ color: theme.colors.text.secondary }}>{`(${children} panels; closed when the board opens)`}</i>
      ) : null}
    </div>
  );
}

function Board({ drawing, all }) {
  const { text } = theme.colors;
  return (
    <ThemeContext.Provider value={theme}>
      <GlobalStyles />
      <header style={{ color: text.primary }}>
        <b>{drawing.title}</b>
        {drawing.variables.map(({ label, value }) => (
          <span key={label} className="chip" style={{ borderColor: theme.colors.border.medium }}>
            <i style={{ color: text.secondary }}>{label}</i> {value}
          </span>
        ))}
        {drawing.links.map((title) => (
          <span key={title} className="chip" style={{ color: text.link, borderColor: theme.colors.border.medium }}>
            {title}
          </span>
        ))}
      </header>
      <main style={{ height: Math.max(...all.map(({ answered: { place } }) => place.y + place.h)) }}>
        {all.map(({ answered, frames }, index) =>
          answered.panel.type === "row" ? (
            <Row key={index} answered={answered} />
          ) : (
            <Panel key={index} answered={answered} frames={frames} drawing={drawing} />
          ),
        )}
      </main>
    </ThemeContext.Provider>
  );
}

async function draw() {
  document.body.style.background = theme.colors.background.canvas;
  await document.fonts.load("14px 'Inter Variable'");
  const all = await Promise.all(
    drawing.panels.map(async (answered) => ({ answered, frames: await framesOf(answered, theme) })),
  );
  const root = createRoot(document.getElementById("board"));
  const { panels: _panels, ...rest } = drawing;
  flushSync(() => root.render(<Board drawing={rest} all={all} />));
  // uPlot draws its canvases in the frame after
  setTimeout(() => {
    document.body.dataset.drawn = "true";
  }, 700);
}

draw().catch((error) => {
  document.body.append(String(error.stack));
  document.body.dataset.drawn = "true";
  throw error;
});
