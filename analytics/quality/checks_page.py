"""Draw a run of OHDSI's checks as one HTML page: no link, no script, no font from elsewhere.

The page is the data engineer's own. It holds counts and no value of the data; what a database says
of an error is in the JSON.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from analytics.quality.check_result import CheckResult, CheckRun, CheckStatus
from analytics.quality.html_page import STYLE, as_percentage

LOOK = """
td .badge { margin-bottom: 3px; }
.wide { width: 100%; min-width: 240px; }
.wide code { overflow-wrap: anywhere; }
"""
SEVERITIES = (
    "Fatal: must not be in any CDM; convention: not as OHDSI agreed; characterization: possible, "
    "but hard to believe."
)
GRAVEST = ("fatal", "convention", "characterization")
STATUSES: tuple[CheckStatus, ...] = (
    *("failed", "error", "not_checked", "not_applicable", "passed"),
)
SAID = {
    "failed": "failed",
    "error": "ended in an error",
    "not_checked": "not checked",
    "not_applicable": "not applicable",
    "passed": "passed",
}


def checks_page(run: CheckRun) -> str:
    """The run as a page: counts, by table and kind, what failed with the gravest first."""
    title = f"OHDSI's data quality checks of {run.cdm}"
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)}</title>\n<style>{STYLE}{LOOK}</style>\n"
        f"</head>\n<body>\n<main>\n{_head(run)}\n{_failed(run)}\n"
        f"{_counts(run, 'table', [result.check.table for result in run.results])}\n"
        f"{_counts(run, 'kind of check', [result.check.name for result in run.results])}\n"
        f"{_not_made(run)}\n</main>\n</body>\n</html>\n"
    )


def _head(run: CheckRun) -> str:
    counts = run.counts
    failed, errors = counts.get("failed", 0), counts.get("error", 0)
    passed = counts.get("passed", 0)
    kind = "stop" if errors else "warn" if failed else "good"
    share = f"{100 * passed / (passed + failed):.1f} %" if passed + failed else "none"
    sentence = (
        f"{failed:,} of {passed + failed:,} checks that could be made failed; {share} passed."
    )
    tiles = "".join(
        f'<div class="tile"><b>{counts.get(status, 0):,}</b>{SAID[status]}</div>'
        for status in STATUSES
    )
    notes = "".join(f"<li>{escape(note)}</li>" for note in run.notes)
    return (
        f"<h1>OHDSI's data quality checks</h1>\n<p class='quiet'><code>{escape(run.cdm)}</code>, "
        f"CDM {run.cdm_version}, reading <code>{run.reading}</code>, as of {run.today}; "
        f"{len(run.results):,} checks in {run.seconds:,.1f} s{_sample(run)}</p>\n"
        f'<div class="verdict {kind}">{sentence}</div>\n<div class="tiles">{tiles}</div>'
        + (f"\n<ul>{notes}</ul>" if notes else "")
    )


def _sample(run: CheckRun) -> str:
    return f", of {100 * run.sample:g} % of people" if run.sample < 1 else ""


def _failed(run: CheckRun) -> str:
    found = sorted(
        (result for result in run.results if result.status in ("failed", "error")),
        key=lambda one: (
            one.status != "error",
            GRAVEST.index(one.check.kind.severity),
            -(one.pct_violated or 0.0),
            one.check.check_id,
        ),
    )
    if not found:
        return "<h2>Failed checks</h2>\n<p>None.</p>"
    header = (
        "<tr><th>Where</th><th class='number'>Rows</th><th class='number'>Share</th>"
        "<th>Check</th></tr>"
    )
    rows = "\n".join(_row(result) for result in found)
    return (
        "<h2>Failed checks, the gravest first</h2>\n"
        f"<p class='quiet'>{SEVERITIES} A query for the rows behind one: "
        "<code>catchment check CDM --show CHECK_ID</code></p>\n"
        f'<div class="scroll"><table>\n{header}\n{rows}\n</table></div>'
    )


def _row(result: CheckResult) -> str:
    check, share = result.check, result.pct_violated
    kind = "stop" if check.kind.severity == "fatal" or result.status == "error" else "warn"
    word = "error" if result.status == "error" else check.kind.severity
    bar = (
        f'<div class="bar {kind}"><i style="width:{min(100, max(1, round(100 * share)))}%"></i>'
        "</div>"
        if share is not None
        else ""
    )
    counted = (
        f"{result.num_violated_rows:,}<div class='quiet'>of {result.num_denominator_rows or 0:,}"
        "</div>"
        if result.num_violated_rows is not None
        else ""
    )
    limit = f"<div class='quiet'>limit {check.threshold:g} %</div>" if check.threshold else ""
    concept = f" Concept {escape(check.concept_id)}." if check.concept_id else ""
    place = "<br>".join(
        f"<code>{escape(name)}</code>" for name in (check.table, check.field) if name
    )
    return (
        f'<tr><td><span class="badge {kind}">{word}</span><br>{place}</td>'
        f"<td class='number'>{counted}</td>"
        f"<td class='number'>{as_percentage(share)}{limit}{bar}</td>"
        f"<td class='wide'>{escape(check.kind.description)}{concept}"
        f"<div class='quiet'><code>{escape(check.check_id)}</code></div></td></tr>"
    )


def _counts(run: CheckRun, by: str, names: Sequence[str]) -> str:
    """How many checks ended how, by the table or the kind of check."""
    counted = Counter(zip(names, (result.status for result in run.results), strict=True))
    header = "".join(f"<th class='number'>{SAID[status].capitalize()}</th>" for status in STATUSES)
    order = sorted(set(names), key=lambda name: (-counted[name, "failed"], name))
    rows = "\n".join(
        f"<tr><td><code>{escape(name)}</code></td>"
        + "".join(f"<td class='number'>{counted[name, status]:,}</td>" for status in STATUSES)
        + "</tr>"
        for name in order
    )
    return (
        f"<h2>By {by}</h2>\n<div class='scroll'><table>\n"
        f"<tr><th>{by.capitalize()}</th>{header}</tr>\n{rows}\n</table></div>"
    )


def _not_made(run: CheckRun) -> str:
    unmade: tuple[CheckStatus, ...] = ("not_checked", "not_applicable")
    return "\n".join(_reasons(status, run.with_status(status)) for status in unmade)


def _reasons(status: CheckStatus, results: Iterable[CheckResult]) -> str:
    reasons = Counter(result.reason for result in results)
    rows = "\n".join(
        f"<tr><td>{escape(reason)}</td><td class='number'>{n:,}</td></tr>"
        for reason, n in reasons.most_common()
    )
    return (
        f"<h2>{SAID[status].capitalize()}</h2>\n<details><summary>{sum(reasons.values()):,} checks"
        '</summary>\n<div class="scroll"><table>\n'
        f"<tr><th>Why</th><th class='number'>Checks</th></tr>\n{rows}\n</table></div></details>"
    )
