// The style sheet of pages with charts, those of runs and of reports. Colours of series are classes: s1 .. s6 for kinds, r1 .. r4 an ordered ramp.
#pragma once

#include <string_view>

namespace earmark::client::charts {

inline constexpr std::string_view page_style = R"(
:root { color-scheme: light dark; --page: #f6f6f4; --card: #ffffff; --ink: #12120f; --soft: #55544f; --line: #e2e1da; --axis: #b9b8b0;
  --good: #16794c; --bad: #b3261e; --warn: #8a5a00; --good-wash: #e3f3ea; --bad-wash: #fbe6e4; --warn-wash: #fbf0d9;
  --s1: #2a78d6; --s2: #d95f26; --s3: #14936a; --s4: #b98200; --s5: #6554c0; --s6: #c9487f; --muted: #a3a29a;
  --r1: #8dbbf0; --r2: #4f93e4; --r3: #1f62b5; --r4: #0d2f5c; }
@media (prefers-color-scheme: dark) {
  :root { --page: #131312; --card: #1c1c1a; --ink: #f3f2ee; --soft: #b5b4ab; --line: #30302d; --axis: #55544f;
    --good: #5cc596; --bad: #f2867e; --warn: #e0b355; --good-wash: #17301f; --bad-wash: #3a1c1a; --warn-wash: #352a12;
    --s1: #4f97ec; --s2: #e07b48; --s3: #2fb487; --s4: #d3a02b; --s5: #9a8cf0; --s6: #e272a2; --muted: #7b7a73;
    --r1: #2c5f9e; --r2: #3f86d8; --r3: #86b8f2; --r4: #d8e8fb; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 15px/1.45 system-ui, -apple-system, "Segoe UI", "Liberation Sans", sans-serif; }
main { max-width: 1280px; margin: 0 auto; padding: 28px 20px 40px; }
h1 { font-size: 24px; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 17px; margin: 30px 0 10px; }
p { margin: 0 0 6px; color: var(--soft); max-width: 100ch; }
.badge { display: inline-block; margin-left: 10px; padding: 2px 12px; border-radius: 999px; font-size: 14px; font-weight: 600; vertical-align: 3px; letter-spacing: 0; }
.passed { background: var(--good-wash); color: var(--good); }
.failed { background: var(--bad-wash); color: var(--bad); }
.vacuous, .none { background: var(--warn-wash); color: var(--warn); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 12px; margin: 18px 0; }
.tile, figure, .card { background: var(--card); border: 1px solid var(--line); border-radius: 10px; }
.tile { padding: 12px 14px; }
.tile b { display: block; font-size: 22px; font-weight: 650; white-space: nowrap; letter-spacing: -0.01em; }
.tile span { color: var(--soft); font-size: 13px; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 520px), 1fr)); gap: 14px; }
figure { margin: 0; padding: 14px 14px 8px; display: flex; flex-direction: column; }
figcaption { font-size: 15px; }
figcaption span { color: var(--soft); font-size: 13px; margin-left: 6px; }
svg { display: block; width: 100%; height: auto; margin-top: auto; padding-top: 6px; }
svg text { fill: var(--soft); font-size: 12px; font-variant-numeric: tabular-nums; }
.grid line { stroke: var(--line); }
.axis { stroke: var(--axis); }
.line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
.dashed { stroke-width: 1.5; stroke-dasharray: 5 4; }
.wash { fill: var(--c); fill-opacity: 0.13; }
.fill { fill: var(--c); }
.marker { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 2 3; }
svg .marker-label { fill: var(--ink); font-weight: 600; paint-order: stroke; stroke: var(--card); stroke-width: 3px; }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 2px 16px; margin: 6px 0 0; padding: 0; font-size: 13px; color: var(--soft); }
.key { display: inline-block; width: 14px; height: 3px; border-radius: 2px; margin-right: 6px; vertical-align: 4px; background: var(--c); }
.key-dashed { background: none; border-top: 2px dashed var(--c); height: 0; }
.s1 { --c: var(--s1); } .s2 { --c: var(--s2); } .s3 { --c: var(--s3); } .s4 { --c: var(--s4); } .s5 { --c: var(--s5); } .s6 { --c: var(--s6); }
.r1 { --c: var(--r1); } .r2 { --c: var(--r2); } .r3 { --c: var(--r3); } .r4 { --c: var(--r4); } .muted { --c: var(--muted); }
.card { overflow-x: auto; padding: 4px 14px; }
table { border-collapse: collapse; width: 100%; font-size: 14px; font-variant-numeric: tabular-nums; }
th, td { padding: 7px 14px 7px 0; text-align: left; border-bottom: 1px solid var(--line); vertical-align: top; }
table.rules { width: auto; }
table.rules td { padding-right: 48px; }
tr:last-child td { border-bottom: 0; }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
.number { text-align: right; white-space: nowrap; }
.yes { color: var(--good); font-weight: 600; }
.no { color: var(--bad); font-weight: 600; }
code { font: 13px ui-monospace, "Liberation Mono", monospace; }
footer { margin-top: 26px; color: var(--soft); font-size: 13px; }
)";

}  // namespace earmark::client::charts
