"""How a report looks as one HTML page: no link, no script, no font from elsewhere."""

from html import escape

STYLE = """
:root { --ink: #1c2733; --quiet: #5b6b7b; --line: #d9e0e7; --paper: #fff; --ground: #f5f7f9;
  --stop: #9c2a10; --warn: #8a5a00; --good: #1f6b45; --other: #4a5a8a; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 64px; }
h1 { font-size: 26px; margin: 0 0 4px; }
h2 { font-size: 18px; margin: 40px 0 8px; }
p { margin: 4px 0 12px; max-width: 75ch; }
.quiet { color: var(--quiet); }
.verdict { padding: 14px 18px; border-left: 5px solid var(--good); background: var(--paper);
  border-radius: 4px; margin: 20px 0; font-weight: 600; }
.verdict.stop { border-color: var(--stop); }
.verdict.warn { border-color: var(--warn); }
.tiles { display: flex; flex-wrap: wrap; gap: 12px; }
.tile { background: var(--paper); border: 1px solid var(--line); border-radius: 6px;
  padding: 10px 18px; min-width: 140px; }
.tile b { display: block; font-size: 24px; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
table { width: 100%; border-collapse: collapse; background: var(--paper);
  border: 1px solid var(--line); }
th, td { padding: 8px 12px; text-align: left; vertical-align: top;
  border-bottom: 1px solid var(--line); }
th { font-size: 13px; color: var(--quiet); font-weight: 600; white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums;
  white-space: nowrap; }
code { font: 13px/1.4 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.badge { display: inline-block; border-radius: 10px; padding: 0 9px; font-size: 12px;
  font-weight: 600; color: #fff; background: var(--other); white-space: nowrap; }
.badge.stop { background: var(--stop); } .badge.warn { background: var(--warn); }
.badge.good { background: var(--good); }
.bar { height: 5px; background: var(--line); border-radius: 3px; margin-top: 4px;
  min-width: 70px; }
.bar i { display: block; height: 5px; border-radius: 3px; background: var(--warn); }
.bar.stop i { background: var(--stop); }
td .badge { margin-bottom: 3px; }
td.wide { width: 100%; min-width: 240px; }
td.wide code { overflow-wrap: anywhere; }
details summary { cursor: pointer; margin: 12px 0; }
"""


def whole_page(title: str, body: str) -> str:
    """A page of that title."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n"
        f"</head>\n<body>\n<main>\n{body}\n</main>\n</body>\n</html>\n"
    )


def badge(kind: str, word: str) -> str:
    """A coloured word; `kind` is stop, warn, good or nothing."""
    return f'<span class="badge {kind}">{escape(word)}</span>'


def bar(kind: str, share: float | None) -> str:
    """A share as a bar, never without any length; nothing where it is not known."""
    if share is None:
        return ""
    width = min(100, max(1, round(100 * share)))
    return f'<div class="bar {kind}"><i style="width:{width}%"></i></div>'


def counted(n_violated: int | None, n_rows: int | None) -> str:
    """How many rows, of how many."""
    if n_violated is None:
        return ""
    return f"{n_violated:,}<div class='quiet'>of {n_rows or 0:,}</div>"


def table_of(header: str, rows: str) -> str:
    """A table that scrolls by itself on a narrow screen."""
    return f'<div class="scroll"><table>\n{header}\n{rows}\n</table></div>'


def folded(title: str, summary: str, table: str) -> str:
    """A section that opens at a click."""
    return f"<h2>{title}</h2>\n<details><summary>{summary}</summary>\n{table}</details>"


def as_percentage(share: float | None) -> str:
    """A share as a person reads it; a share that is not zero is never written as zero."""
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "&lt; 0.1 %"
    return f"{100 * share:.1f} %"
