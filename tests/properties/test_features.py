"""What is true of covariates whatever the data."""

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.features import CovariateMatrix, build_covariates
from analytics.studies import CovariateSettings
from tests.support.plainly_features import covariates_plainly
from tests.support.random_events import INDEX_DAY, random_events, random_people, random_rows

NO_CONCEPTS = pl.DataFrame(schema={"concept_id": pl.Int64, "concept_name": pl.String})
SEEDS = st.integers(min_value=0, max_value=2**31)


def covariates_of(
    rows: pl.DataFrame, events: dict[str, pl.LazyFrame], person: pl.DataFrame
) -> CovariateMatrix:
    return build_covariates(
        rows,
        events=events,
        person=person,
        concepts=NO_CONCEPTS,
        settings=CovariateSettings(use_race_and_ethnicity=True),
    )


@settings(max_examples=15, deadline=None)
@given(seed=SEEDS)
def test_covariates_are_what_a_plain_loop_over_people_and_events_finds(seed: int):
    rows, events, person = (make(seed=seed) for make in (random_rows, random_events, random_people))

    matrix = covariates_of(rows, events, person)

    ours = {(row_id, covariate_id): value for row_id, covariate_id, value in matrix.values.rows()}
    assert ours == covariates_plainly(rows, events, person)
    assert len(ours) == matrix.values.height


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_events_of_the_index_day_or_later_change_nothing(seed: int):
    rows, events, person = (make(seed=seed) for make in (random_rows, random_events, random_people))
    first_index = rows.group_by("person_id").agg(pl.col("index_day").min()).lazy()
    past = {
        domain: frame.join(first_index, on="person_id")
        .filter(pl.col("day") < pl.col("index_day"))
        .with_columns(end_day=pl.min_horizontal("end_day", "index_day"))
        .drop("index_day")
        for domain, frame in events.items()
    }
    rows = rows.unique("person_id", keep="first", maintain_order=True)

    assert covariates_of(rows, events, person).values.equals(
        covariates_of(rows, past, person).values
    )


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_the_order_of_rows_and_events_changes_nothing(seed: int):
    rows, events, person = (make(seed=seed) for make in (random_rows, random_events, random_people))
    shuffled = {
        domain: frame.collect().sample(fraction=1, shuffle=True, seed=seed).lazy()
        for domain, frame in events.items()
    }

    one_way = covariates_of(rows, events, person)
    another = covariates_of(rows.reverse(), shuffled, person.reverse())

    assert one_way.values.equals(another.values)
    assert one_way.covariate_ref.equals(another.covariate_ref)


@settings(max_examples=10, deadline=None)
@given(seed=SEEDS)
def test_moving_every_day_alike_changes_no_count(seed: int):
    rows, events, person = (make(seed=seed) for make in (random_rows, random_events, random_people))
    # Back beyond 1970, where days are negative: the index falls in 1961, so only ages change.
    shift = INDEX_DAY + 3000
    moved = {
        domain: frame.with_columns(pl.col("day") - shift, pl.col("end_day") - shift)
        for domain, frame in events.items()
    }

    here = covariates_of(rows, events, person).values
    there = covariates_of(rows.with_columns(pl.col("index_day") - shift), moved, person).values

    is_not_age = pl.col("covariate_id") != 962
    assert here.filter(is_not_age).equals(there.filter(is_not_age))
