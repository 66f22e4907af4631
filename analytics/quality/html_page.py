"""Draw what was asked of a CDM as one HTML page: OHDSI's checks, the house's rules, one verdict.

The page is the data engineer's own: it holds true counts, and ids of rows that break a rule.
"""

from html import escape

from analytics.quality.check_result import CheckResult, CheckRun
from analytics.quality.checks_page import checks_sections
from analytics.quality.page_look import whole_page
from analytics.quality.report import Finding, QualityReport
from analytics.quality.rules_page import rules_sections


def html_page(report: QualityReport | None, run: CheckRun | None) -> str:
    """The page: the verdict on all that was asked, then what was found, the gravest first.

    A CDM whose structure cannot be built on is asked no more than that: then there is no `run`.
    Where only OHDSI's checks were asked, or some of them, there is no `report`.
    """
    sections = [checks_sections(run) if run else "", rules_sections(report) if report else ""]
    if report and (report.stops_build or report.errors):
        sections.reverse()
    cdm = run.cdm if run else report.cdm if report else ""
    return whole_page(
        f"Data quality of {cdm}", "\n".join(filter(None, [_head(report, run), *sections]))
    )


def _head(report: QualityReport | None, run: CheckRun | None) -> str:
    kind, sentence = _verdict(report, run)
    tiles = "".join(
        f'<div class="tile"><b>{count:,}</b>{escape(name)}</div>'
        for name, count in _tiles(report, run).items()
    )
    asked = [f"<code>{escape(run.cdm if run else report.cdm if report else '')}</code>"]
    if run:
        day = f", as of {run.today}" if run.asks_the_day else ""
        sample = f", of {100 * run.sample:g} % of people" if run.sample < 1 else ""
        asked.append(
            f"CDM {run.cdm_version}, reading <code>{run.reading}</code>{day}; "
            f"{len(run.results):,} of OHDSI's checks in {run.seconds:,.1f} s{sample}"
        )
    if report:
        asked.append(f"{len(report.findings):,} clauses of <code>data_contracts/omop_cdm/</code>")
    if run and not run.asks_the_day:
        asked.append("a build asks what studies may stop at, <code>catchment check</code> all")
    notes = "".join(f"<li>{escape(note)}</li>" for note in run.notes) if run else ""
    return (
        f"<h1>Data quality</h1>\n<p class='quiet'>{'; '.join(asked)}</p>\n"
        f'<div class="verdict {kind}">{escape(sentence)}</div>\n<div class="tiles">{tiles}</div>'
        + (f"\n<ul>{notes}</ul>" if notes else "")
    )


def _verdict(report: QualityReport | None, run: CheckRun | None) -> tuple[str, str]:
    n_errors = (len(report.errors) if report else 0) + (len(run.with_status("error")) if run else 0)
    n_past = _n_past_limit(report, run)
    n_broken = len(report.breaches) if report else 0
    n_failed = len(run.with_status("failed")) if run else 0
    found = _found(report, run)
    if report and report.stops_build:
        return "stop", "This CDM cannot be built on: its structure breaks the contract."
    if n_errors:
        were = "check" if n_errors == 1 else "checks"
        return "stop", f"{n_errors:,} {were} ended in an error: nothing is known of what is asked."
    if n_past:
        are = "check is past its limit" if n_past == 1 else "checks are past their limits"
        return "stop", f"{n_past:,} {are}: a study that uses these data stops. {found}"
    if n_failed or n_broken:
        return "warn", f"No study stops at these data. {found}" if report and run else found
    return "good", found


def _found(report: QualityReport | None, run: CheckRun | None) -> str:
    """How many checks failed, and how many rules are broken."""
    said = []
    if run:
        failed, passed = len(run.with_status("failed")), len(run.with_status("passed"))
        share = f"; {100 * passed / (passed + failed):.1f} % passed" if passed + failed else ""
        said.append(f"{failed:,} of {passed + failed:,} checks that could be made failed{share}.")
    if report:
        broken, kept = len(report.breaches), len(report.with_status("passed"))
        said.append(f"{broken:,} of {broken + kept:,} clauses of our own are broken.")
    return " ".join(said)


def _tiles(report: QualityReport | None, run: CheckRun | None) -> dict[str, int]:
    tiles = {"past a limit for studies": _n_past_limit(report, run)}
    if run:
        tiles["OHDSI's checks failed"] = len(run.with_status("failed"))
    if report:
        tiles["our own clauses broken"] = len(report.breaches)
    for words, status in (("in error", "error"), ("not checked", "not_checked")):
        tiles[words] = sum(one.status == status for one in _all(report, run))
    if run:
        tiles["not applicable"] = len(run.with_status("not_applicable"))
    tiles["passed"] = sum(one.status == "passed" for one in _all(report, run))
    return tiles


def _n_past_limit(report: QualityReport | None, run: CheckRun | None) -> int:
    of_rules = sum(one.is_past_limit for one in report.findings) if report else 0
    return of_rules + (len(run.past_limit) if run else 0)


def _all(report: QualityReport | None, run: CheckRun | None) -> tuple[Finding | CheckResult, ...]:
    return (*(report.findings if report else ()), *(run.results if run else ()))
