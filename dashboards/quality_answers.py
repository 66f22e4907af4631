"""What the page about data quality says in sentences."""

import polars as pl

from dashboards import words
from dashboards.choosing import past_limit, with_status

QUALITY_CAUTION = (
    "A check that passed says that a rule holds, not that the data are complete or right."
)
OHDSI_CAUTION = (
    "OHDSI's data quality checks that can stop a study or show that a table is broken. First those "
    "past a limit at which a study stops, then those that touch most studies, then the gravest. "
    "Counts are rounded to the nearest multiple of the smallest cell."
)
COUNTED_CAUTION = (
    "What could not be checked is not counted as passed. All checks, with the reasons: "
    "`catchment check CDM`."
)
BREACHES_CAUTION = "What our own contracts ask of the tables that the studies read."
COMPARED_CAUTION = "Each number of the chart, with its verdict."
RECORDING_CAUTION = (
    "Each group is held against everybody else of the same age, sex and calendar year who had been "
    "observed as long. Less recorded is not less ill: it can be how care is reached, or how it is "
    "written down. What a model learns from such records it learns less well about that group."
)
JUMPS_CAUTION = (
    "A jump is often a change of the source: a feed that starts or stops, another laboratory "
    "system, another coding."
)


def quality(checks: pl.DataFrame) -> str:
    """How many checks are broken, and how many were never made."""
    broken = with_status(checks, "breached")
    structural = broken.filter(pl.col("severity") == "structural").height
    made = with_status(checks, "passed", "breached").height
    said = f"{broken.height} of {made:,} checks are broken"
    if broken.height:
        said += f", {structural or 'none'} of them in the structure of the tables"
    unmade, failed = with_status(checks, "not_checked").height, with_status(checks, "error").height
    if unmade or failed:
        said += f". {unmade or 'None'} {'was' if unmade == 1 else 'were'} not made"
    else:
        said += ". Every check was made"
    if failed:
        said += f", and {failed} ended in an error, so nothing is known of what they ask"
    return f"{said}."


def ohdsi(checks: pl.DataFrame) -> str:
    """How many of OHDSI's checks failed, and how many of these touch a study."""
    if checks.is_empty():
        return "none had anything to look at."
    failed, past = with_status(checks, "failed"), past_limit(checks).height
    made = with_status(checks, "passed", "failed").height
    touching = failed.filter(pl.col("studies") != "").height
    said = f"{failed.height} of {made:,} checks failed"
    verb = "touches" if touching == 1 else "touch"
    said += f"; {touching} of them {verb} a study" if failed.height else ""
    more = "more keeps its threshold and is" if past == 1 else "more keep their threshold and are"
    return f"{said}; {past} {more} past a limit for studies." if past else f"{said}."


def trust(checks: pl.DataFrame, asked: pl.DataFrame) -> str:
    """What our contracts and OHDSI's checks say, in one breath."""
    return f"Our own contracts: {quality(checks)} OHDSI's checks: {ohdsi(asked)}"


def absent(checks: pl.DataFrame) -> list[str]:
    """Which tables of the contracts this CDM has not, and what is not known without them."""
    names = checks["table_name"].to_list()
    verb = "It is" if len(names) == 1 else "They are"
    missed = [
        f"No {name}. Without it{consequence}"
        for name, message in checks.select("table_name", "message").iter_rows()
        for consequence in message.partition("Without it")[2:]
        if consequence
    ]
    return [f"This CDM has no {words.listing(names)}. {verb} read as empty.", *missed]


def recording(rows: pl.DataFrame) -> str:
    """Of how many groups less is recorded than of others, and of what."""
    less = rows.filter(pl.col("verdict") == "less than others")
    n_judged = rows.filter(
        pl.col("verdict").is_in(["less than others", "more than others", "like others"])
    ).height
    if less.is_empty():
        return f"Of no group is less recorded than of others, in {n_judged:,} comparisons."
    groups = sorted(set(less["group_name"].to_list()))
    return f"Of {words.listing(groups)} something is recorded less ({n_judged:,} comparisons)."
