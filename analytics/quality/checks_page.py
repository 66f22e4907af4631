"""What OHDSI's checks found, as sections of a page: counts, and no value of the data.

What a database says of an error is in the JSON.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from html import escape

from analytics.quality.check_result import CheckResult, CheckRun, CheckStatus
from analytics.quality.page_look import as_percentage, badge, bar, counted, folded, table_of

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


def checks_sections(run: CheckRun) -> str:
    """What is to be mended, counts by table and kind, what could not be checked."""
    unmade: tuple[CheckStatus, ...] = ("not_checked", "not_applicable")
    return "\n".join(
        (
            _to_mend(run),
            _counts(run, "table", [result.check.table for result in run.results]),
            _counts(run, "kind of check", [result.check.name for result in run.results]),
            *(_reasons(status, run.with_status(status)) for status in unmade),
        )
    )


def _to_mend(run: CheckRun) -> str:
    past_limit = {one.check.check_id for one in run.past_limit}
    found = sorted(
        (
            one
            for one in run.results
            if one.status in ("failed", "error") or one.check.check_id in past_limit
        ),
        key=lambda one: (
            one.status != "error",
            one.check.check_id not in past_limit,
            GRAVEST.index(one.check.kind.severity),
            -(one.pct_violated or 0.0),
            one.check.check_id,
        ),
    )
    if not found:
        return "<h2>OHDSI's checks: failed</h2>\n<p>None.</p>"
    header = (
        "<tr><th>Where</th><th class='number'>Rows</th><th class='number'>Share</th>"
        "<th>Check</th></tr>"
    )
    rows = "\n".join(_row(one, stops_studies=one.check.check_id in past_limit) for one in found)
    return (
        "<h2>OHDSI's checks: failed, or past a limit for studies; the gravest first</h2>\n"
        f"<p class='quiet'>{SEVERITIES} A query for the rows behind one: "
        "<code>catchment check CDM --show CHECK_ID</code></p>\n"
        f"{table_of(header, rows)}"
    )


def _row(result: CheckResult, *, stops_studies: bool) -> str:
    check, share = result.check, result.pct_violated
    is_grave = check.kind.severity == "fatal" or result.status == "error" or stops_studies
    kind = "stop" if is_grave else "warn"
    word = "error" if result.status == "error" else check.kind.severity
    stops = f"{badge('stop', 'stops studies')}<br>" if stops_studies else ""
    limits = "".join(
        f"<div class='quiet'>{words} {limit:g} %</div>"
        for words, limit in (
            ("threshold", check.threshold or None),
            ("studies stop past", None if check.limit_share is None else 100 * check.limit_share),
        )
        if limit is not None
    )
    concept = f" Concept {escape(check.concept_id)}." if check.concept_id else ""
    place = "<br>".join(
        f"<code>{escape(name)}</code>" for name in (check.table, check.field) if name
    )
    rows = counted(result.num_violated_rows, result.num_denominator_rows)
    return (
        f"<tr><td>{stops}{badge(kind, word)}<br>{place}</td>"
        f"<td class='number'>{rows}</td>"
        f"<td class='number'>{as_percentage(share)}{limits}{bar(kind, share)}</td>"
        f"<td class='wide'>{escape(check.kind.description)}{concept}"
        f"<div class='quiet'><code>{escape(check.check_id)}</code></div></td></tr>"
    )


def _counts(run: CheckRun, by: str, names: Sequence[str]) -> str:
    """How many checks ended how, by the table or the kind of check."""
    found = Counter(zip(names, (result.status for result in run.results), strict=True))
    header = "".join(f"<th class='number'>{SAID[status].capitalize()}</th>" for status in STATUSES)
    order = sorted(set(names), key=lambda name: (-found[name, "failed"], name))
    rows = "\n".join(
        f"<tr><td><code>{escape(name)}</code></td>"
        + "".join(f"<td class='number'>{found[name, status]:,}</td>" for status in STATUSES)
        + "</tr>"
        for name in order
    )
    header = f"<tr><th>{by.capitalize()}</th>{header}</tr>"
    return f"<h2>OHDSI's checks by {by}</h2>\n{table_of(header, rows)}"


def _reasons(status: CheckStatus, results: Iterable[CheckResult]) -> str:
    reasons = Counter(result.reason for result in results)
    rows = "\n".join(
        f"<tr><td>{escape(reason)}</td><td class='number'>{n:,}</td></tr>"
        for reason, n in reasons.most_common()
    )
    header = "<tr><th>Why</th><th class='number'>Checks</th></tr>"
    title = f"OHDSI's checks: {SAID[status]}"
    return folded(title, f"{sum(reasons.values()):,} checks", table_of(header, rows))
