"""The counts that the shipped studies must give on two shared CDMs (../shared/data/README.md).

The cohorts are made here from the CDM's own tables, in a few plain lines, not by dbt.
"""

from pathlib import Path

import polars as pl
import pytest

from analytics.population import Population, build_population
from analytics.studies import Study, load_study
from tests.support.questions import no_rule_counts
from tests.support.shared import shared_data

pytestmark = pytest.mark.needs_shared


def day(column: str) -> pl.Expr:
    return pl.col(column).cast(pl.Date).cast(pl.Int32)


def members_of(cdm: Path, *concept_ids: int) -> list[int]:
    ancestor = pl.read_parquet(cdm / "concept_ancestor.parquet")
    descendants = ancestor.filter(pl.col("ancestor_concept_id").is_in(concept_ids))
    return [*descendants["descendant_concept_id"], *concept_ids]


def asked_of(study_name: str, cdm: Path, cohort: pl.DataFrame) -> Population:
    study = load_study(study_name)
    assert isinstance(study, Study)
    person = pl.read_parquet(cdm / "person.parquet")
    death = pl.read_parquet(cdm / "death.parquet") if (cdm / "death.parquet").exists() else None
    return build_population(
        study,
        cohort=cohort,
        observation_period=observed(cdm),
        person=person.select("person_id", death_day=pl.lit(None, dtype=pl.Int32))
        if death is None
        else person.select("person_id").join(
            death.select("person_id", death_day=day("death_date")), on="person_id", how="left"
        ),
        rule_counts=no_rule_counts(),
    )


def observed(cdm: Path) -> pl.DataFrame:
    return pl.read_parquet(cdm / "observation_period.parquet").select(
        "person_id",
        start_day=day("observation_period_start_date"),
        end_day=day("observation_period_end_date"),
    )


def counts(population: Population, line: int) -> tuple[int, ...]:
    return population.attrition.select(
        "n_rows", "n_people", "n_outcomes", "n_people_with_outcome"
    ).row(line)


def test_gibleed_has_2630_first_exposures_479_outcomes_and_79_seen_for_less_than_a_year():
    cdm = shared_data("gibleed")
    first_nsaid = (
        pl.read_parquet(cdm / "drug_exposure.parquet")
        .filter(pl.col("drug_concept_id").is_in(members_of(cdm, 1118084, 1124300)))
        .group_by("person_id")
        .agg(start_day=day("drug_exposure_start_date").min())
        .select(pl.lit("new_nsaid_user").alias("cohort_name"), "person_id", "start_day")
    )
    bleeds = (
        pl.read_parquet(cdm / "condition_occurrence.parquet")
        .filter(pl.col("condition_concept_id").is_in(members_of(cdm, 192671)))
        .select(
            pl.lit("gastrointestinal_haemorrhage").alias("cohort_name"),
            "person_id",
            start_day=day("condition_start_date"),
        )
    )
    cohort = pl.concat([first_nsaid, bleeds]).with_columns(end_day="start_day")

    population = asked_of("gi_bleed_nsaid_1y", cdm, cohort)

    assert counts(population, 0)[:2] == (2694, 2694)
    assert counts(population, 1) == (2630, 2630, 479, 479)
    assert counts(population, -2) == (2630, 2630, 479, 479)
    note = population.attrition.row(-1, named=True)
    assert (note["is_applied"], note["n_rows"]) == (False, 79)
    assert population.rows.height == 2630
    assert population.rows["had_outcome"].sum() == 479


def test_synthea1k_keeps_all_11_people_whose_stays_are_followed_by_another():
    cdm = shared_data("synthea1k")
    stays = (
        pl.read_parquet(cdm / "visit_occurrence.parquet")
        .filter(pl.col("visit_concept_id").is_in([9201, 262]))
        .select("person_id", start_day=day("visit_start_date"), end_day=day("visit_end_date"))
    )
    cohort = pl.concat(
        stays.select(pl.lit(name).alias("cohort_name"), "person_id", "start_day", "end_day")
        for name in ("inpatient_discharge", "inpatient_admission")
    )

    population = asked_of("readmission_30d", cdm, cohort)

    assert counts(population, 0)[0] == 1001
    assert counts(population, 0)[2:] == (197, 11)
    assert counts(population, -2)[3] == 11
