"""Draw a report as one HTML page: no link, no script, no font from elsewhere."""

from html import escape

from analytics.quality.report import Finding, QualityReport

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
details summary { cursor: pointer; margin: 12px 0; }
"""


def html_page(report: QualityReport) -> str:
    """The report as a page: verdict, breaches with the gravest first, rows, what passed."""
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>Data quality of {escape(report.cdm)}</title>\n<style>{STYLE}</style>\n"
        f"</head>\n<body>\n<main>\n{_head(report)}\n{_found(report)}\n"
        f"{_tables(report)}\n{_rest(report)}\n</main>\n</body>\n</html>\n"
    )


def _head(report: QualityReport) -> str:
    kind, sentence = _verdict(report)
    tiles = {
        "errors of the check": len(report.errors),
        "breaches": len(report.breaches),
        "passed": len(report.with_status("passed")),
        "not checked": len(report.with_status("not_checked")),
    }
    drawn = "".join(
        f'<div class="tile"><b>{count:,}</b>{escape(name)}</div>' for name, count in tiles.items()
    )
    return (
        f"<h1>Data quality</h1>\n<p class='quiet'><code>{escape(report.cdm)}</code>, held against "
        "the contracts in <code>data_contracts/omop_cdm/</code></p>\n"
        f'<div class="verdict {kind}">{escape(sentence)}</div>\n<div class="tiles">{drawn}</div>'
    )


def _verdict(report: QualityReport) -> tuple[str, str]:
    if report.errors:
        return "stop", "Some checks ended in an error of their own: nothing was concluded on them."
    if report.stops_build:
        return "stop", "This CDM cannot be built on: its structure breaks the contract."
    if report.stops_run:
        return "stop", "This CDM can be built, but no study runs: a rule is broken past its limit."
    if report.breaches:
        return "warn", "This CDM can be used. Some rows break a rule; they are counted below."
    return "good", "This CDM keeps every clause of its contract."


def _found(report: QualityReport) -> str:
    findings = (*report.errors, *report.breaches)
    if not findings:
        return "<h2>Breaches</h2>\n<p>None.</p>"
    header = (
        "<tr><th>What it does</th><th>Table</th><th>Column</th><th>Rule</th>"
        "<th class='number'>Rows</th><th class='number'>Share</th><th>Examples</th></tr>"
    )
    rows = "\n".join(_row(finding) for finding in findings)
    return (
        "<h2>Breaches, the gravest first</h2>\n"
        "<p class='quiet'>Examples are ids of breaking rows, or values that do not fit; they stay "
        "in this report.</p>\n"
        f'<div class="scroll"><table>\n{header}\n{rows}\n</table></div>'
    )


def _row(finding: Finding) -> str:
    kind, effect = _effect(finding)
    share = finding.share
    bar = (
        f'<div class="bar {kind}"><i style="width:{max(1, round(100 * share))}%"></i></div>'
        if share is not None
        else ""
    )
    limit = (
        f"<div class='quiet'>limit {finding.limit_share:.0%}</div>"
        if finding.limit_share is not None
        else ""
    )
    counted = (
        f"{finding.n_violated:,}<div class='quiet'>of {finding.n_rows or 0:,}</div>"
        if finding.n_violated is not None
        else ""
    )
    said = f"{finding.message} {finding.detail}" if finding.n_violated is None else ""
    explained = f"<div class='quiet'>{escape(said)}</div>" if said else ""
    return (
        f'<tr><td><span class="badge {kind}">{effect}</span></td>'
        f"<td><code>{escape(finding.table)}</code></td>"
        f"<td><code>{escape(finding.column or '')}</code></td>"
        f"<td>{escape(finding.rule)}{explained}</td><td class='number'>{counted}</td>"
        f"<td class='number'>{as_percentage(share)}{limit}{bar}</td>"
        f"<td><code>{escape('; '.join(finding.examples))}</code></td></tr>"
    )


def _effect(finding: Finding) -> tuple[str, str]:
    if finding.status == "error":
        return "stop", "error"
    if finding.severity == "structural":
        return "stop", "stops build"
    if finding.is_past_limit:
        return "stop", "stops run"
    return "warn", "warns"


def as_percentage(share: float | None) -> str:
    """A share as a person reads it; a share that is not zero is never written as zero."""
    if share is None:
        return ""
    if 0 < share < 0.001:
        return "&lt; 0.1 %"
    return f"{100 * share:.1f} %"


def _tables(report: QualityReport) -> str:
    rows = "\n".join(
        f"<tr><td><code>{escape(table)}</code></td><td class='number'>{count:,}</td></tr>"
        for table, count in sorted(report.n_rows.items())
    )
    return (
        "<h2>Rows of each table</h2>\n<div class='scroll'><table>\n"
        f"<tr><th>Table</th><th class='number'>Rows</th></tr>\n{rows}\n</table></div>"
    )


def _rest(report: QualityReport) -> str:
    return "\n".join(
        f"<h2>{title}</h2>\n<details><summary>{len(findings):,} clauses</summary>\n"
        + '<div class="scroll"><table>\n'
        + "\n".join(
            f"<tr><td><code>{escape(finding.check_id)}</code></td>"
            f"<td>{escape(finding.message if finding.status == 'not_checked' else finding.rule)}"
            "</td></tr>"
            for finding in findings
        )
        + "\n</table></div></details>"
        for title, findings in (
            ("Not checked", report.with_status("not_checked")),
            ("Passed", report.with_status("passed")),
        )
    )
