"""Two cohorts of one file of rows, person by person: who is in one, in both, on which days."""

from dataclasses import dataclass
from pathlib import Path

import duckdb

from analytics.settings import current_settings
from analytics.warehouse.workspace import literal


@dataclass(frozen=True, kw_only=True)
class PartOfBoth:
    """Some people of two cohorts, and their rows in each."""

    n_people: int = 0
    n_old_rows: int = 0
    n_new_rows: int = 0


@dataclass(frozen=True, kw_only=True)
class MovedPeople:
    """Everybody of two cohorts, each in one part.

    Whoever is in both is there on the `same_days`, the days of all their rows being equal, or on
    `other_days`.
    """

    only_old: PartOfBoth
    only_new: PartOfBoth
    same_days: PartOfBoth
    other_days: PartOfBoth


def count_moved(rows: Path, *, old: int, new: int, spill: Path) -> MovedPeople:
    """Compare the people of the cohorts `old` and `new` in a Parquet file in OHDSI's shape."""
    settings = current_settings()
    with duckdb.connect() as connection:
        connection.execute(f"set memory_limit = '{settings.memory_gib:g}GiB'")
        connection.execute(f"set threads = {settings.threads}")
        connection.execute(f"set temp_directory = {literal(str(spill))}")
        counted = connection.execute(
            f"""
            with person_in_both as (
                select
                    subject_id,
                    coalesce({_days(old)}, []) as old_rows,
                    coalesce({_days(new)}, []) as new_rows
                from read_parquet({literal(str(rows))})
                where cohort_definition_id in ({old}, {new})
                group by subject_id
            )
            select
                case
                    when len(new_rows) = 0 then 'only_old'
                    when len(old_rows) = 0 then 'only_new'
                    when old_rows = new_rows then 'same_days'
                    else 'other_days'
                end as part,
                count(*),
                cast(sum(len(old_rows)) as bigint),
                cast(sum(len(new_rows)) as bigint)
            from person_in_both
            group by part
            """
        ).fetchall()
    found = {
        str(part): PartOfBoth(n_people=n_people, n_old_rows=n_old, n_new_rows=n_new)
        for part, n_people, n_old, n_new in counted
    }
    return MovedPeople(
        only_old=found.get("only_old", PartOfBoth()),
        only_new=found.get("only_new", PartOfBoth()),
        same_days=found.get("same_days", PartOfBoth()),
        other_days=found.get("other_days", PartOfBoth()),
    )


def _days(cohort: int) -> str:
    """First and last days of a person's rows in a cohort, in order; null where there is none."""
    return (
        "list([cohort_start_date, cohort_end_date] order by cohort_start_date, cohort_end_date) "
        f"filter (where cohort_definition_id = {cohort})"
    )
