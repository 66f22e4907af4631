"""The seed of a dbt project that says in words which rules each cohort has."""

import csv
import io
from collections.abc import Mapping
from pathlib import PurePosixPath

from analytics.phenotypes.plain_text import plain_text

RULES = PurePosixPath("seeds/cohort_rules.csv")
COLUMNS = ("cohort_name", "rule_number", "rule", "built_from")


def with_rules(text: str, rules: Mapping[str, tuple[str, ...]]) -> str:
    """The seed's text with these cohorts' rules in the place of those it had, by name and number.

    `built_from` is left empty: cohorts of definitions are built from the tables of the CDM.
    """
    kept = [row for row in csv.DictReader(io.StringIO(text)) if row["cohort_name"] not in rules]
    added = [
        dict(zip(COLUMNS, (name, str(number), plain_text(rule), ""), strict=True))
        for name, asked in rules.items()
        for number, rule in enumerate(asked, start=1)
    ]
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        sorted([*kept, *added], key=lambda row: (row["cohort_name"], int(row["rule_number"])))
    )
    return written.getvalue()
