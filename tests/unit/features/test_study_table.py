"""The Table 1 of a study: few rows, safe to publish once its mart rounds and withholds."""

import polars as pl
import pytest

from analytics.features.characterisation.study_table import (
    COLUMNS,
    WITH,
    WITHOUT,
    describe_population,
)
from analytics.features.matrix import CovariateMatrix

SMALLEST = 11
ASTHMA, RARE, VISITS, AGE = 932_100_932, 932_200_932, 9201_956, 962
REFERENCE = {
    ASTHMA: ("Asthma: times recorded in the last 365 days", 932, "condition", -365, True),
    RARE: ("Gout: times recorded in the last 365 days", 932, "condition", -365, True),
    VISITS: ("Inpatient Visit: visits begun in the last 365 days", 956, "visit", -365, True),
    AGE: ("Age in years", 962, "demographics", None, False),
}


def population(n_rows=200, *, outcome=lambda row: row % 4 == 0):
    """Rows of as many people, women and men in turn, all White; the first four had gout."""
    rows = range(n_rows)
    people = pl.DataFrame(
        {
            "row_id": rows,
            "person_id": rows,
            "had_outcome": [outcome(row) for row in rows],
            "sex": ["Female" if row % 2 else "Male" for row in rows],
            "age_band": "50-64",
            "race": "White",
            "ethnicity": "Hispanic or Latino",
        }
    )
    values = [(row, AGE, 50.0 + row % 10) for row in rows]
    values += [(row, ASTHMA, 3.0) for row in rows if row % 3 == 0]
    values += [(row, RARE, 1.0) for row in range(4)]
    values += [(row, VISITS, 2.0) for row in rows if row % 2]
    reference = pl.DataFrame(
        [(number, *said[:3], 0, said[3], -1, said[4]) for number, said in REFERENCE.items()],
        schema=[
            *("covariate_id", "covariate_name", "analysis_id", "domain", "concept_id"),
            *("window_first_day", "window_last_day", "missing_means_zero"),
        ],
        orient="row",
    )
    matrix = CovariateMatrix(
        rows=people.select("row_id", "person_id"),
        covariate_ref=reference,
        values=pl.DataFrame(values, schema=["row_id", "covariate_id", "value"], orient="row"),
    )
    return people, matrix


def of(found, covariate_id, group="Everyone"):
    rows = found.filter(pl.col("covariate_id") == covariate_id, pl.col("group_name") == group)
    return rows.row(0, named=True)


@pytest.fixture(scope="module")
def found():
    return describe_population(*population(), SMALLEST)


def test_it_has_the_columns_and_the_parts_in_order(found):
    assert found.columns == list(COLUMNS)
    sections = found.sort("characteristic_number")["section"].unique(maintain_order=True)
    assert sections.to_list() == ["people", "visit", "condition"]


def test_counts_are_exact_and_shares_follow_from_rounded_ones(found):
    asthma = of(found, ASTHMA)

    assert asthma["characteristic"] == "Asthma, in the last 365 days"
    assert (asthma["n_rows"], asthma["share"]) == (67, 66 / 200)
    assert asthma["n_people_in_smallest_part"] == SMALLEST


def test_what_few_people_have_is_not_in_the_table(found):
    assert found.filter(pl.col("covariate_id") == RARE).is_empty()


def test_a_number_is_a_mean_over_all_and_age_has_no_count_of_its_own(found):
    visits, age = of(found, VISITS), of(found, AGE)

    assert (visits["kind"], visits["mean"]) == ("value", pytest.approx(2 * 99 / 200))
    assert (age["mean"], age["median"], age["n_rows"]) == (54.5, 54, None)


def test_people_with_the_outcome_are_compared_with_those_without(found):
    women = found.filter(pl.col("characteristic") == "Sex: Female")
    by_group = {row["group_name"]: row for row in women.iter_rows(named=True)}

    # Rows 0, 4, 8, … have the outcome: men all.
    assert by_group[WITH]["share"] == 0
    assert by_group[WITHOUT]["share"] == pytest.approx(100 / 150)
    assert by_group[WITH]["standardised_difference"] < -1
    assert by_group[WITHOUT]["standardised_difference"] is None
    assert of(found, AGE, WITH)["reference_group"] == WITHOUT


def test_a_group_without_enough_people_says_so_in_its_smallest_part():
    people, matrix = population()
    few = pl.when(pl.col("row_id") < 5).then(pl.lit("Unknown")).otherwise("sex")
    found = describe_population(people.with_columns(sex=few), matrix, SMALLEST)

    assert of(found, AGE, "Unknown")["n_people_in_smallest_part"] == 5
    assert of(found, AGE, "Unknown")["mean"] is None


def test_everybody_having_the_outcome_leaves_nobody_to_compare_with():
    found = describe_population(*population(outcome=lambda row: True), SMALLEST)

    assert WITHOUT not in found["group_name"].to_list()
    outcome = found.filter(pl.col("attribute") == "outcome")
    assert outcome["standardised_difference"].is_null().all()
