"""Two releases of a CDM, or two reports of its checks: what changed, as a file for the engineer.

The file holds counts of the engineer's own CDM and stays where it is written.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.quality.release_measures import measure_release
from analytics.quality.releases import TOLD, compare_releases
from analytics.quality.written_report import write_aside
from analytics.warehouse import open_cdm

WRITTEN: Mapping[str, Callable[[pl.DataFrame], str]] = {
    ".csv": lambda compared: compared.write_csv(),
    ".json": lambda compared: compared.write_json() + "\n",
}
CHECK = ("check_id", "status", "num_violated_rows", "pct_violated")


@dataclass(frozen=True, kw_only=True)
class ReleaseComparison:
    """What was compared, what somebody should look at, and where all of it stands."""

    told: pl.DataFrame
    n_compared: int
    file: Path


def compare_two_releases(before: Path, now: Path, out: Path) -> ReleaseComparison:
    """Compare two CDMs, or two reports that `catchment check --out REPORT.json` wrote.

    `out` is CSV, or JSON by its name, and is renamed in whole. Raises BadInputError where one is a
    CDM and the other a report, or `out` is neither.
    """
    if out.suffix not in WRITTEN:
        raise BadInputError(
            f"--out {out}: a comparison is written as {' or '.join(WRITTEN)}, by the file's name. "
            f"Give for example --out {out.with_suffix('.csv')}"
        )
    are_reports = [path.suffix == ".json" for path in (before, now)]
    if any(are_reports) and not all(are_reports):
        raise BadInputError(
            f"{before} and {now}: one is a report and the other a CDM. Give two CDMs, or two "
            "reports that `catchment check CDM --out report.json` wrote."
        )
    compared = _reports(before, now) if all(are_reports) else _cdms(before, now)
    out.parent.mkdir(parents=True, exist_ok=True)
    write_aside(out, WRITTEN[out.suffix](compared))
    is_told = pl.col("verdict").is_in([*TOLD, *CHANGES])
    return ReleaseComparison(told=compared.filter(is_told), n_compared=compared.height, file=out)


def _cdms(before: Path, now: Path) -> pl.DataFrame:
    contracts = load_contracts("omop_cdm")
    measured = [measure_release(open_cdm(path), contracts) for path in (before, now)]
    return compare_releases(*measured)


CHANGES = ("newly failed", "no longer fails", "newly in error", "no longer asked")


def _reports(before: Path, now: Path) -> pl.DataFrame:
    """One row for each check of either report: its status in both, and what changed."""
    old, new = (_read_report(path) for path in (before, now))
    both = old.join(new, on="check_id", how="full", coalesce=True, suffix="_now")
    was, is_now = pl.col("status"), pl.col("status_now")
    return both.select(
        "check_id",
        status_before="status",
        status="status_now",
        share_before="pct_violated",
        share="pct_violated_now",
        verdict=pl.when(is_now.is_null())
        .then(pl.lit("no longer asked"))
        .when((is_now == "failed") & (was.fill_null("") != "failed"))
        .then(pl.lit("newly failed"))
        .when((is_now == "error") & (was.fill_null("") != "error"))
        .then(pl.lit("newly in error"))
        .when((was == "failed") & (is_now != "failed"))
        .then(pl.lit("no longer fails"))
        .otherwise(pl.lit("like before")),
    ).sort("check_id")


def _read_report(path: Path) -> pl.DataFrame:
    """One row for each check of a report."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        rows = [{name: one[name] for name in CHECK} for one in content["checks"]]
    except FileNotFoundError:
        raise BadInputError(
            f"{path} does not exist. Write it: catchment check CDM --out {path}"
        ) from None
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError):
        raise BadInputError(
            f"{path} is no report of checks. Write one: catchment check CDM --out {path}"
        ) from None
    return pl.DataFrame(
        rows,
        schema={
            "check_id": pl.String,
            "status": pl.String,
            "num_violated_rows": pl.Int64,
            "pct_violated": pl.Float64,
        },
    )
