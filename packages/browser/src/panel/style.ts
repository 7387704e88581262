/**
 * The panel's looks, as one constructed sheet: a page whose policy is `style-src 'self'` lets it pass. Colours are those of the guide's pictures; each
 * is at least 4.5 to 1 on the ground, as a shape 3 to 1 on a tile. Sizes of text are parts of `medium`, which is what the reader has chosen, and not of
 * `rem`: many pages make that 10 px for themselves. At its default of 16 px nothing is below 12 px.
 */
export const style = `
:host {
  --bg: light-dark(#fff, #14161d); --tile: light-dark(#f4f5f9, #1d2029); --track: light-dark(#e8eaf1, #2a2e3a); --edge: light-dark(#e1e3ec, #2b2f3c);
  --ink: light-dark(#171923, #eceef5); --soft: light-dark(#565b6e, #a3a8ba);
  --wait: light-dark(#71768b, #8f95aa); --prompt: light-dark(#a85f00, #f0b04b); --decode: light-dark(#3b57d6, #7f9bff);
  --bad: light-dark(#b3261e, #ff8a80); --good: light-dark(#0f766e, #4fd1b5);
  display: block; container-type: inline-size; color-scheme: light dark; color: var(--ink);
  font: medium/1.45 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "DejaVu Sans", Arial, sans-serif; font-variant-numeric: tabular-nums;
  text-align: start; position: relative;
}
:host([theme="light"]) { color-scheme: light }
:host([theme="dark"]) { color-scheme: dark }
:host([hidden]), [hidden] { display: none !important }
* { box-sizing: border-box; margin: 0 }
.panel { background: var(--bg); border: 1px solid var(--edge); border-radius: 14px; padding: 14px 16px; font-size: .875em }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 2px 10px }
h2 { font-size: 1em; font-weight: 650; flex: 1 1 0; min-width: 6em; overflow: hidden; text-overflow: ellipsis; white-space: nowrap }
h2 small { font-weight: 400; font-size: .893em; color: var(--soft); margin-inline-start: 4px }
.badge { margin-inline-start: auto; display: inline-flex; align-items: center; gap: 6px; font-size: .893em; font-weight: 550; white-space: nowrap }
.icon { width: .96em; height: .96em; fill: currentcolor; flex: none }
.live { color: var(--good) }
.idle, .loading, .empty { color: var(--soft) }
.stale, .slow, .degraded { color: var(--prompt) }
.failing, .bad, .bad b { color: var(--bad) }
.body { margin-top: 11px; display: grid; gap: 14px }
.note { font-size: .929em; color: var(--soft) }
.note b { color: var(--ink); font-weight: 600 }
.note.bad, .note.bad b { color: var(--bad) }
.notes { display: grid; gap: 4px }
.tiles { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 8px }
.tile { background: var(--tile); border-radius: 10px; padding: 9px 11px 8px; min-width: 0; display: flex; flex-direction: column }
dt { font-size: .858em; color: var(--soft) }
.value { line-height: 1.25 }
.value b { font-size: 1.43em; font-weight: 650; letter-spacing: -.01em }
small { font-size: .858em; font-weight: 500; color: var(--soft) }
.sub, .caption { font-size: .858em; color: var(--soft); text-wrap: balance }
.sub { min-height: 2.9em }
.over .value b, .over .sub span:first-child { color: var(--bad) }
.over .sub span { white-space: nowrap }
.shapes { margin-top: auto; padding-top: 6px }
.young :is(.shapes, .caption) { visibility: hidden }
.awaited b { display: inline-block; width: 4.2em; border-radius: 5px; background: var(--track); color: transparent }
.course { display: block; width: 100%; height: 26px; overflow: visible }
.course path, .course line { vector-effect: non-scaling-stroke; fill: none; stroke: var(--decode); stroke-width: 1.5; stroke-linejoin: round; stroke-linecap: round }
.course .area { fill: var(--decode); fill-opacity: .13; stroke: none }
.course line { stroke: var(--soft); stroke-width: 1; stroke-dasharray: 3 3; stroke-linecap: butt }
.bar { grid-column: 1 / -1; display: block; width: 100%; height: 8px; border-radius: 4px; overflow: hidden; background: var(--track) }
.shapes .bar { height: 6px; margin: 12px 0 8px }
.patterns { position: absolute; width: 0; height: 0 }
.piece { height: 100%; stroke: var(--bg); stroke-width: .6 }
.decode, .used, .answered { fill: var(--decode) }
.before { fill: var(--soft) }
.stopped { fill: var(--wait) }
.piece.failed { fill: var(--bad) }
pattern rect { fill: var(--bg) }
pattern path { fill: none; stroke-width: 1.4; stroke: var(--wait) }
.fill-prompt rect { fill: var(--prompt) }
.fill-prompt path { stroke: color-mix(in srgb, var(--prompt) 55%, var(--bg)); stroke-width: 1 }
.fill-tool path { fill: var(--good); stroke: none }
.fill-refused path { stroke: var(--bad) }
.going .decode { animation: breathe 1.6s ease-in-out infinite }
@keyframes breathe { 50% { opacity: .72 } }
h3 { font-size: .858em; font-weight: 550; color: var(--soft); display: flex; flex-wrap: wrap; justify-content: space-between; gap: 0 8px; margin-bottom: 6px }
h3 span + span { font-weight: 400 }
.lanes { display: grid; gap: 14px }
.legend, .more { font-size: .858em; color: var(--soft) }
.legend { display: flex; flex-wrap: wrap; gap: 2px 12px; margin-top: -5px }
.legend span { display: inline-flex; align-items: center; gap: 5px }
.swatch { width: 14px; flex: none; border-radius: 2px }
.more { margin-top: 6px }
.nobody { margin: 0; min-height: 2.25em }
ul { list-style: none; padding: 0; display: grid; gap: 7px }
li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1px 8px; font-size: .893em; position: relative }
.what { white-space: nowrap; overflow: hidden; text-overflow: ellipsis; padding: 2px; margin: -2px }
.figure, .goal { color: var(--soft); white-space: nowrap }
.alone > span { display: none }
.several .what { grid-column: 1 / -1 }
.several .figure { grid-column: 1 / -1; white-space: normal }
.mine .what { white-space: normal }
.mine .what span { font-weight: 650 }
.failed .what { color: var(--bad) }
.objectives .over { color: var(--bad) }
.objectives .held { color: var(--good) }
.objectives .none { color: var(--soft); font-weight: 400 }
.objectives b { font-weight: 600 }
.pair, .over .sub { display: flex; flex-wrap: wrap; align-content: start; gap: 0 .8em }
.pair { justify-content: space-between }
.pair, .reason { grid-column: 1 / -1 }
.objectives .what { white-space: normal }
.objectives :is(.goal, .figure, .reason) { font-size: .96em }
.reason { color: var(--soft) }
a { color: inherit; text-underline-offset: 2px; text-decoration-color: var(--soft) }
a[href]::after { content: ""; position: absolute; inset: -3px 0 }
a:not([href]) { text-decoration: none }
a:hover { text-decoration-color: currentcolor }
:focus-visible { outline: 2px solid var(--decode); outline-offset: 1px; border-radius: 4px }
.facts { font-size: .858em; color: var(--soft); border-top: 1px solid var(--edge); padding-top: 9px }
.fact { display: flex; flex-wrap: wrap; gap: 1px 10px }
.spoken, .compact h2 { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap }
.old :is(.tiles, .lanes, .section, .in-short) { --ink: var(--soft); --bad: var(--soft); --good: var(--soft); color: var(--soft) }
.old .course, .old .bar { filter: grayscale(.8); opacity: .65 }
.old .decode { animation: none }
button { font: inherit; display: inline-grid; place-items: center; min-height: 28px; min-width: 30px; padding: 2px; border-radius: 8px; border: 1px solid var(--wait); background: none; color: inherit; cursor: pointer }
.chevron svg { display: block; width: 12px; height: 12px; fill: none; stroke: currentcolor; stroke-width: 1.8 }
[aria-expanded="true"] .chevron svg { transform: rotate(180deg) }
.short, .in-short { display: contents }
.k { font-size: .929em; white-space: nowrap }
.k b { font-weight: 650 }
.k span { color: var(--soft); font-size: .923em }
.short .course { width: 72px; height: 18px }
.compact { padding: 7px 13px; border-radius: 12px }
.compact header { position: relative; align-items: center; gap: 4px 14px; min-height: 30px; padding-inline-end: 44px }
.compact button { position: absolute; inset-inline-end: 0; inset-block: 0; margin-block: auto; height: 28px }
.old .short .course { display: none }
.compact .badge { margin: 0 }
@container (max-width: 52em) { .short .course { display: none } .compact header { gap: 2px 11px; align-content: center; min-height: 3.2em } }
@container (max-width: 27em) { .optional { display: none } }
@container (min-width: 38em) { .tiles { grid-template-columns: repeat(4, minmax(0, 1fr)) } }
@container (min-width: 46em) { .lanes { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 14px 24px; align-items: start } .legend, .body > * { grid-column: 1 / -1 } .body { grid-template-columns: repeat(2, minmax(0, 1fr)); column-gap: 24px } .body > .section { grid-column: auto } }
@media (prefers-reduced-motion: reduce) { .decode { animation: none !important } }
@media (forced-colors: active) {
  :host { --bg: Canvas; --tile: Canvas; --track: Canvas; --edge: CanvasText }
  .bar, .course { forced-color-adjust: none }
  .tile, .bar { border: 1px solid CanvasText }
  .icon { fill: CanvasText }
}
`;
