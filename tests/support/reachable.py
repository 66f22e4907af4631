"""The best that can be reached from what is recorded: true risks projected on recorded facts.

On *other* simulated people, boosted trees learn the noise-free true risk (a number, not an outcome)
from everything that their records say by the index date; what they give to the people kept aside
is the best guess of the true risk that records allow: no luck of outcomes goes into it, and it
reads the CDM's tables itself, without the product. Its AUROC lies below that of the true risk by
what is not recorded.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import scipy.sparse as sp
import xgboost
from numpy.typing import NDArray

INPATIENT = 9201
MOST_ROWS = 60_000
BINS = 128
DATED = {
    "condition_occurrence": ("condition_concept_id", "condition_start_date"),
    "drug_exposure": ("drug_concept_id", "drug_exposure_start_date"),
    "procedure_occurrence": ("procedure_concept_id", "procedure_date"),
    "visit_occurrence": ("visit_concept_id", "visit_start_date"),
    "observation": ("observation_concept_id", "observation_date"),
}
WINDOWS = (30, 365, 36_525)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reachable:
    """Trees that know how records and true risks go together; `columns` are facts by name."""

    booster: xgboost.Booster
    columns: tuple[str, ...]

    def risk(self, cdm: Path, rows: pl.DataFrame) -> NDArray[np.float64]:
        """The best guess of the true risk of each row (person_id, index_date), in their order."""
        facts = recorded_facts(cdm, rows)
        guess = self.booster.inplace_predict(_matrix(facts, rows.height, self.columns))
        return np.asarray(guess, dtype=np.float64)


def learn_reachable(cdm: Path, truth: pl.DataFrame, *, rounds: int = 500) -> Reachable:
    """Learn from the CDM of other people; `truth` has person_id, index_date and true_risk."""
    rows = truth.drop_nulls("true_risk")
    if rows.height > MOST_ROWS:
        rows = rows.sample(MOST_ROWS, seed=1)
    facts = recorded_facts(cdm, rows)
    columns = tuple(facts["fact"].unique().sort())
    matrix = xgboost.QuantileDMatrix(
        _matrix(facts, rows.height, columns), label=rows["true_risk"].to_numpy(), max_bin=BINS
    )
    settings: dict[str, str | float | int] = {
        # The cross-entropy with a true risk is least at its mean, as it is with 0 and 1.
        "objective": "reg:logistic",
        "tree_method": "hist",
        "max_bin": BINS,
        "max_depth": 6,
        "learning_rate": 0.06,
        "min_child_weight": 2.0,
        "colsample_bytree": 0.5,
        "base_score": float(rows["true_risk"].to_numpy().mean()),
        "nthread": 2,
        "seed": 1,
    }
    return Reachable(booster=xgboost.train(settings, matrix, rounds), columns=columns)


def recorded_facts(cdm: Path, rows: pl.DataFrame) -> pl.DataFrame:
    """Everything recorded before each index date, and how the stay ends that ends on it.

    One row for each (row, fact) with its value; `row` is the position in `rows`.
    """
    index = rows.select("person_id", "index_date").with_row_index("row")
    parts = [_of_people(cdm, index), *_of_stays(cdm, index), *_of_values(cdm, index)]
    for table, (concept, day) in DATED.items():
        before = _before(cdm, table, index, day, concept)
        for window in WINDOWS:
            within = before.filter(pl.col("days") <= window)
            parts.append(
                within.group_by("row", concept)
                .agg(value=pl.len().cast(pl.Float32))
                .select("row", _named(f"{table} {window}", concept), "value")
            )
        parts.append(
            before.group_by("row", concept)
            .agg(value=pl.col("days").max().cast(pl.Float32))
            .select("row", _named(f"{table} since", concept), "value")
        )
    return pl.concat(parts)


def _before(cdm: Path, table: str, index: pl.DataFrame, day: str, *more: str) -> pl.DataFrame:
    """Records of each row's person from before its index date, `days` ago."""
    return (
        pl.scan_parquet(cdm / f"{table}.parquet")
        .select("person_id", day, *more)
        .join(index.lazy(), on="person_id")
        .with_columns(days=(pl.col("index_date") - pl.col(day)).dt.total_days())
        .filter(pl.col("days") >= 1)
        .collect()
    )


def _of_people(cdm: Path, index: pl.DataFrame) -> pl.DataFrame:
    person = pl.read_parquet(cdm / "person.parquet")
    born = pl.date("year_of_birth", pl.col("month_of_birth").fill_null(7), 1)
    age = (pl.col("index_date") - born).dt.total_days() / 365.25
    people = index.join(person, on="person_id", how="left", maintain_order="left")
    return pl.concat(
        people.select("row", fact=pl.lit(name), value=value.cast(pl.Float32))
        for name, value in {
            "age": age,
            "is female": pl.col("gender_concept_id") == 8532,
            "race": pl.col("race_concept_id"),
            "year": pl.col("index_date").dt.year() - date(2000, 1, 1).year,
        }.items()
    )


def _of_stays(cdm: Path, index: pl.DataFrame) -> list[pl.DataFrame]:
    """How long the latest stay has lasted, and where it leads when it ends on the index date."""
    stays = _before(
        cdm,
        "visit_occurrence",
        index,
        "visit_start_date",
        *("visit_concept_id", "visit_end_date", "discharged_to_concept_id"),
    ).filter(pl.col("visit_concept_id") == INPATIENT)
    days = (
        (pl.min_horizontal("visit_end_date", "index_date") - pl.col("visit_start_date"))
        .dt.total_days()
        .cast(pl.Float32)
    )
    ends_here = stays.filter(pl.col("visit_end_date") == pl.col("index_date"))
    return [
        ends_here.group_by("row").agg(fact=pl.lit("days of stay"), value=days.max()),
        stays.group_by("row").agg(fact=pl.lit("days of stays"), value=days.sum()),
        ends_here.select(
            "row",
            _named("discharged to", "discharged_to_concept_id"),
            value=pl.lit(1.0, pl.Float32),
        ).unique(),
    ]


def _of_values(cdm: Path, index: pl.DataFrame) -> list[pl.DataFrame]:
    """For each kind of measurement the latest value, its age, the highest and their number."""
    concept = "measurement_concept_id"
    measured = _before(cdm, "measurement", index, "measurement_date", concept, "value_as_number")
    by_kind = measured.drop_nulls("value_as_number").group_by("row", concept)
    found = by_kind.agg(
        latest=pl.col("value_as_number").sort_by("days").first(),
        ago=pl.col("days").min(),
        mean=pl.col("value_as_number").mean(),
        highest=pl.col("value_as_number").max(),
        number=pl.len(),
        latest_two=pl.col("value_as_number").sort_by("days").head(2).mean(),
    )
    return [
        found.select("row", _named(name, concept), value=pl.col(name).cast(pl.Float32))
        for name in ("latest", "ago", "mean", "highest", "number", "latest_two")
    ]


def _named(what: str, concept: str) -> pl.Expr:
    return pl.format("{} {}", pl.lit(what), concept).alias("fact")


def _matrix(facts: pl.DataFrame, n_rows: int, columns: tuple[str, ...]) -> sp.csr_matrix:
    """A row for each row and a column for each fact; what is not recorded stays unrecorded."""
    known = pl.DataFrame({"fact": columns}).with_row_index("column")
    cells = facts.join(known, on="fact")
    return sp.csr_matrix(
        (
            cells["value"].to_numpy(),
            (cells["row"].to_numpy(), cells["column"].to_numpy()),
        ),
        shape=(n_rows, len(columns)),
    )
