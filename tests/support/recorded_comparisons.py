"""New users of celecoxib and diclofenac as the tables show them, without the truth."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from tests.support.plainly_comparisons import Counted, Followed

CELECOXIB, DICLOFENAC = (1118084,), (1124300, 40162359)
PEPTIC_ULCER, GI_HAEMORRHAGE = 4027663, 192671
YEAR = 365


@dataclass(frozen=True, kw_only=True)
class NewUsers:
    """People whose first of the two drugs comes after a year of observation, and their conditions.

    `people` has one row for each: `person_id`, `index_date`, `takes_diclofenac`, `had_ulcer`,
    `end_date` of observation. `conditions` are all records of theirs.
    """

    people: pl.DataFrame
    conditions: pl.DataFrame


def new_users_of(folder: Path) -> NewUsers:
    """The new users in the CDM in this folder."""
    drugs = pl.read_parquet(folder / "drug_exposure.parquet")
    first = (
        drugs.filter(pl.col("drug_concept_id").is_in([*CELECOXIB, *DICLOFENAC]))
        .sort("person_id", "drug_exposure_start_date")
        .group_by("person_id", maintain_order=True)
        .first()
        .select(
            "person_id",
            pl.col("drug_exposure_start_date").alias("index_date"),
            pl.col("drug_concept_id").is_in(DICLOFENAC).alias("takes_diclofenac"),
        )
    )
    since, until = "observation_period_start_date", "observation_period_end_date"
    observed = (
        first.join(pl.read_parquet(folder / "observation_period.parquet"), on="person_id")
        .filter(
            (pl.col(since).dt.offset_by("365d") <= pl.col("index_date"))
            & (pl.col("index_date") <= pl.col(until))
        )
        .select("person_id", "index_date", "takes_diclofenac", pl.col(until).alias("end_date"))
    )
    conditions = (
        pl.scan_parquet(folder / "condition_occurrence.parquet")
        .select("person_id", "condition_concept_id", "condition_start_date")
        .collect()
        .join(observed, on="person_id", how="semi")
    )
    with_ulcer = (
        conditions.filter(pl.col("condition_concept_id") == PEPTIC_ULCER)
        .join(observed, on="person_id")
        .filter(pl.col("condition_start_date") < pl.col("index_date"))
        .select("person_id")
        .unique()
        .with_columns(had_ulcer=True)
    )
    people = observed.join(with_ulcer, on="person_id", how="left").with_columns(
        pl.col("had_ulcer").fill_null(False)
    )
    return NewUsers(people=people.sort("person_id"), conditions=conditions)


def follow_up(users: NewUsers, outcome: int, *, first_only: bool) -> pl.DataFrame:
    """One row for each user: days followed to the outcome or the end, and `had_outcome`.

    Where only a first outcome counts, people who had it before index are left out.
    """
    of_outcome = users.conditions.filter(pl.col("condition_concept_id") == outcome).join(
        users.people.select("person_id", "index_date"), on="person_id"
    )
    before = of_outcome.filter(pl.col("condition_start_date") <= pl.col("index_date"))
    after = (
        of_outcome.filter(pl.col("condition_start_date") > pl.col("index_date"))
        .group_by("person_id")
        .agg(pl.col("condition_start_date").min().alias("outcome_date"))
    )
    people = users.people.join(before, on="person_id", how="anti") if first_only else users.people
    return people.join(after, on="person_id", how="left").with_columns(
        pl.col("outcome_date").is_not_null().alias("had_outcome"),
        (pl.min_horizontal("outcome_date", "end_date") - pl.col("index_date"))
        .dt.total_days()
        .alias("days"),
    )


def by_drug_inside(followed: pl.DataFrame, *facts: str) -> list[tuple[Followed, Followed]]:
    """Follow-up on diclofenac and on celecoxib inside each combination of facts (none: at once)."""
    strata = followed.partition_by(*facts) if facts else [followed]
    return [
        (
            _pairs(stratum.filter("takes_diclofenac")),
            _pairs(stratum.filter(~pl.col("takes_diclofenac"))),
        )
        for stratum in strata
    ]


def counted_by_drug(followed: pl.DataFrame, *facts: str) -> list[tuple[Counted, Counted]]:
    """Outcomes and days on diclofenac and on celecoxib inside each combination of facts."""
    return [
        (_count(treated), _count(others)) for treated, others in by_drug_inside(followed, *facts)
    ]


def _pairs(followed: pl.DataFrame) -> Sequence[tuple[int, bool]]:
    return list(followed.select("days", "had_outcome").iter_rows())


def _count(followed: Followed) -> Counted:
    return sum(had for _, had in followed), sum(days for days, _ in followed)
