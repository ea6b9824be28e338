// The look of the HTML report: light and dark as the reader's system says, wide grids scroll, prints well.

export const STYLE = `
:root {
  color-scheme: light dark;
  --surface: #fcfdfd; --raised: #f3f6f7; --line: #dbe2e4; --text: #1c2428; --muted: #5a676d; --code: #f3f6f7;
  --accent: #0b6b74; --ok: #16713c; --ok-soft: #e3f5e9; --bad: #a8201f; --bad-soft: #fdeae8; --warn: #7a4b00; --warn-soft: #fdf1dc;
  --quiet-soft: #eceff1; --screen: #14181b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --surface: #12171a; --raised: #1a2024; --line: #333c41; --text: #e4eaec; --muted: #9aa6ab; --code: #0d1113;
    --accent: #62c5cd; --ok: #7fd79b; --ok-soft: #173323; --bad: #ff9b90; --bad-soft: #43201d; --warn: #f3c26b; --warn-soft: #3b2d13;
    --quiet-soft: #262d31;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; background: var(--surface); color: var(--text);
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", "Noto Sans", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif;
}
main { max-width: 1200px; margin: 0 auto; padding: 24px; }
h1 { margin: 0; font-size: 22px; line-height: 1.3; overflow-wrap: anywhere; }
h2 { margin: 0; font-size: 16px; overflow-wrap: anywhere; }
h3 { margin: 16px 0 6px; font-size: 14px; }
a { color: var(--accent); }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
code, pre { font-family: ui-monospace, "Cascadia Mono", "DejaVu Sans Mono", "Noto Sans Mono CJK SC", monospace; font-size: 12.5px; }
.head { display: flex; flex-wrap: wrap; align-items: center; gap: 8px 14px; }
.facts { display: flex; flex-wrap: wrap; gap: 4px 28px; margin: 10px 0 0; }
.facts div { display: flex; gap: 8px; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; }
.badge {
  display: inline-block; padding: 1px 9px; border-radius: 999px; background: var(--quiet-soft); color: var(--muted);
  font-weight: 600; font-size: 12.5px; white-space: nowrap;
}
.passed { background: var(--ok-soft); color: var(--ok); }
.failed { background: var(--bad-soft); color: var(--bad); }
.unreachable, .cancelled { background: var(--warn-soft); color: var(--warn); }
.note { margin: 18px 0 0; padding: 10px 14px; border: 1px solid var(--line); border-left: 3px solid var(--accent); border-radius: 6px; background: var(--raised); }
.note p { margin: 0; overflow-wrap: anywhere; }
.note p + p { margin-top: 6px; }
.scroll { margin-top: 22px; overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; }
table { border-collapse: collapse; width: 100%; }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
th, td { padding: 7px 12px; border-top: 1px solid var(--line); text-align: left; vertical-align: top; white-space: nowrap; }
thead th { border-top: 0; background: var(--raised); color: var(--muted); font-weight: 600; }
thead th div { max-width: 220px; overflow: hidden; text-overflow: ellipsis; }
tbody th { position: sticky; left: 0; background: var(--surface); font-weight: 600; }
td a { text-decoration: none; }
td a:hover .badge { text-decoration: underline; }
.small { color: var(--muted); font-size: 12.5px; font-weight: 400; }
.machine { margin-top: 28px; padding-top: 22px; border-top: 1px solid var(--line); }
.why { margin: 10px 0 0; color: var(--bad); overflow-wrap: anywhere; }
.screens { display: flex; flex-wrap: wrap; gap: 16px; margin: 14px 0 0; }
figure { margin: 0; flex: 0 1 320px; }
figure img { display: block; width: 100%; height: auto; background: var(--screen); border: 1px solid var(--line); border-radius: 6px; }
figcaption { margin-top: 4px; color: var(--muted); font-size: 12.5px; }
details, .step { margin-top: 8px; border: 1px solid var(--line); border-radius: 6px; }
summary, .step { display: flex; flex-wrap: wrap; align-items: center; gap: 4px 12px; padding: 7px 12px; }
summary { cursor: pointer; list-style: none; }
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸"; color: var(--muted); }
details[open] > summary::before { content: "▾"; }
summary:hover { background: var(--raised); }
.name { font-weight: 600; overflow-wrap: anywhere; }
.body { padding: 2px 12px 12px; }
.body h4 { margin: 10px 0 4px; font-size: 12.5px; font-weight: 600; color: var(--muted); }
pre {
  margin: 0; padding: 10px 12px; max-height: 460px; overflow: auto; background: var(--code); border: 1px solid var(--line); border-radius: 6px;
  white-space: pre-wrap; overflow-wrap: anywhere;
}
ul { margin: 4px 0 0; padding-left: 20px; }
li { overflow-wrap: anywhere; }
:target { scroll-margin-top: 16px; }
@media (max-width: 640px) { main { padding: 14px; } }
@media print { pre { max-height: none; } .scroll { overflow: visible; } }
`;
