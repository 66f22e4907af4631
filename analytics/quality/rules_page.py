"""What the house's own clauses found, as sections of a page."""

from html import escape

from analytics.quality.page_look import as_percentage, badge, bar, counted, folded, table_of
from analytics.quality.report import Finding, QualityReport


def rules_sections(report: QualityReport) -> str:
    """The breaches with the gravest first, the rows of each table, what else was asked."""
    return "\n".join((_found(report), _tables(report), *_rest(report)))


def _found(report: QualityReport) -> str:
    findings = (*report.errors, *report.breaches)
    if not findings:
        return "<h2>Our own clauses: breaches</h2>\n<p>None.</p>"
    header = (
        "<tr><th>What it does</th><th>Table</th><th>Column</th><th>Rule</th>"
        "<th class='number'>Rows</th><th class='number'>Share</th><th>Examples</th></tr>"
    )
    rows = "\n".join(map(_row, findings))
    return (
        "<h2>Our own clauses: breaches, the gravest first</h2>\n"
        "<p class='quiet'>Examples are ids of breaking rows, or values that do not fit; they stay "
        f"in this report.</p>\n{table_of(header, rows)}"
    )


def _row(finding: Finding) -> str:
    kind, effect = _effect(finding)
    limit = (
        f"<div class='quiet'>studies stop at {100 * finding.limit_share:g} %</div>"
        if finding.limit_share is not None
        else ""
    )
    said = f"{finding.message} {finding.detail}" if finding.n_violated is None else ""
    explained = f"<div class='quiet'>{escape(said)}</div>" if said else ""
    return (
        f"<tr><td>{badge(kind, effect)}</td>"
        f"<td><code>{escape(finding.table)}</code></td>"
        f"<td><code>{escape(finding.column or '')}</code></td>"
        f"<td>{escape(finding.rule)}{explained}"
        f"<div class='quiet'><code>{escape(finding.check_id)}</code></div></td>"
        f"<td class='number'>{counted(finding.n_violated, finding.n_rows)}</td>"
        f"<td class='number'>{as_percentage(finding.share)}{limit}{bar(kind, finding.share)}</td>"
        f"<td><code>{escape('; '.join(finding.examples))}</code></td></tr>"
    )


def _effect(finding: Finding) -> tuple[str, str]:
    if finding.status == "error":
        return "stop", "error"
    if finding.severity == "structural":
        return "stop", "stops build"
    if finding.is_past_limit:
        return "stop", "stops studies"
    return "warn", "warns"


def _tables(report: QualityReport) -> str:
    rows = "\n".join(
        f"<tr><td><code>{escape(table)}</code></td><td class='number'>{count:,}</td></tr>"
        for table, count in sorted(report.n_rows.items())
    )
    header = "<tr><th>Table</th><th class='number'>Rows</th></tr>"
    return f"<h2>Rows of each table</h2>\n{table_of(header, rows)}"


def _rest(report: QualityReport) -> tuple[str, str]:
    unmade, passed = report.with_status("not_checked"), report.with_status("passed")
    return (
        _listed("Our own clauses: not checked", {one.check_id: one.message for one in unmade}),
        _listed("Our own clauses: passed", {one.check_id: one.rule for one in passed}),
    )


def _listed(title: str, said: dict[str, str]) -> str:
    rows = "\n".join(
        f"<tr><td><code>{escape(check_id)}</code></td><td>{escape(words)}</td></tr>"
        for check_id, words in said.items()
    )
    header = "<tr><th>Clause</th><th>What it says</th></tr>"
    return folded(title, f"{len(said):,} clauses", table_of(header, rows))
