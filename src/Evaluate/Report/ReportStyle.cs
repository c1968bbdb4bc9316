namespace Toolchain.Evaluate.Report;

/// <summary>The look of the report: system fonts, light and dark by the reader's setting, tables that scroll on a phone.</summary>
static class ReportStyle
{
    public const string Css = """

        :root { color-scheme: light dark; --ink: #1b1f24; --paper: #fff; --line: #d0d7de; --soft: #57606a; --good: 26 127 55;
        --bad: 207 34 46; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e6edf3; --paper: #0d1117; --line: #30363d; --soft: #9ba7b4;
        --good: 63 185 80; --bad: 248 81 73; } }
        body { margin: 0; font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); }
        main { max-width: 76rem; margin: 0 auto; padding: 1rem 1rem 4rem; }
        h1 { font-size: 1.7rem; margin: 1rem 0 .3rem; } h2 { font-size: 1.2rem; margin: 2.2rem 0 .5rem; }
        .wide { overflow-x: auto; } .note, caption, figcaption { color: var(--soft); font-size: .9rem; }
        table { border-collapse: collapse; font-variant-numeric: tabular-nums; } caption { text-align: left; padding: .3rem 0; }
        th, td { padding: .3rem .6rem; border-bottom: 1px solid var(--line); text-align: right; white-space: nowrap; }
        th[scope=row], thead th:first-child { text-align: left; font-weight: 600; } thead th { color: var(--soft); font-weight: 500;
        font-size: .9rem; }
        td code { white-space: normal; word-break: break-all; } dt { font-weight: 600; } dd { margin: 0 0 .6rem; }
        .confusion td { min-width: 2.2rem; } .confusion .right { background: rgb(var(--good) / calc(var(--share) * .5)); }
        .confusion .wrong { background: rgb(var(--bad) / min(calc(var(--share) * 6), .7)); }
        nav a { margin-right: .8rem; } a { color: inherit; }
        .map { display: grid; gap: .5rem; } .map > canvas { width: 100%; max-width: 56rem; aspect-ratio: 1; border: 1px solid var(--line);
        cursor: crosshair; touch-action: pan-y; }
        .controls { display: flex; flex-wrap: wrap; gap: 1rem; align-items: center; min-height: 3.6rem; } .image { width: 56px;
        height: 56px; border: 1px solid var(--line); }
        .controls output { min-width: 12rem; } .sheet { display: none; }
        .legend button { padding: .1rem .6rem; margin-right: .2rem; border: 0; border-bottom: .3rem solid; background: none; }
        .legend button[aria-pressed=true] { outline: 2px solid; }
        button { font: inherit; color: inherit; cursor: pointer; } thead th button { border: 0; background: none; padding: 0; }
        th[aria-sort=ascending] button::after { content: " \25B2"; } th[aria-sort=descending] button::after { content: " \25BC"; }
        .curves { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .5rem 1.5rem; }
        .curves figure { margin: 0; }
        .curves line { stroke: var(--line); } .curves text { fill: var(--soft); font-size: 9px; }
        .curves polyline { fill: none; stroke: currentColor; stroke-width: 1.2; } .curves svg { width: 100%; }
        figure { margin: 1rem 0; } img { max-width: 100%; image-rendering: pixelated; border: 1px solid var(--line); background: #fff; }
        @media (prefers-color-scheme: dark) { figure img { filter: invert(1) hue-rotate(180deg); } }

        """;
}
