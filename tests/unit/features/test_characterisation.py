"""Table 1: every covariate in every group, exact; and how far groups lie apart."""

import json

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.features.characterisation import (
    characterise,
    compare_groups,
    disclose,
    group_rows,
    largest_groups,
)
from analytics.features.covariates import Covariates
from tests.support import plainly_characteristics as plainly
from tests.support.feature_extraction import cohort_of, made
from tests.support.shared import shared_agreement
from tests.support.small_cdm import PERSON, covariates_of, every_covariate_of

ANALYSES = {7: ("Y", None), 8: ("N", "Y"), 9: ("N", "N")}
HAS, COUNTED, MEASURED = 1007, 1008, 1009


def covariates(*triples: tuple[int, int, float]) -> Covariates:
    """Of a binary analysis (7), one whose missing values are 0 (8), and one of values (9)."""
    ids = (HAS, COUNTED, MEASURED)
    return Covariates(
        covariates=pl.DataFrame(
            list(triples),
            schema={"row_id": pl.Int64, "covariate_id": pl.Int64, "covariate_value": pl.Float64},
            orient="row",
        ),
        covariate_ref=pl.DataFrame(
            {
                "covariate_id": ids,
                "covariate_name": [f"covariate {each}" for each in ids],
                "analysis_id": [each % 1000 for each in ids],
                "concept_id": 1,
            }
        ),
        analysis_ref=pl.DataFrame(
            [
                (analysis, f"Analysis {analysis}", "Condition", is_binary, means_zero)
                for analysis, (is_binary, means_zero) in ANALYSES.items()
            ],
            schema=["analysis_id", "analysis_name", "domain_id", "is_binary", "missing_means_zero"],
            orient="row",
        ),
    )


def everyone(*people: int) -> pl.DataFrame:
    """Row 1, 2, … of these people, all in one group."""
    return pl.DataFrame(
        {
            "row_id": range(1, len(people) + 1),
            "person_id": people,
            "attribute": "overall",
            "group_name": "Everyone",
        }
    )


def of(found: pl.DataFrame, covariate_id: int, group: str = "Everyone") -> dict[str, object]:
    rows = found.filter(pl.col("covariate_id") == covariate_id, pl.col("group_name") == group)
    return rows.row(0, named=True)


def test_a_binary_covariate_is_counted_in_rows_and_in_people():
    found = of(
        characterise(covariates((1, HAS, 1), (2, HAS, 1), (3, HAS, 1)), everyone(5, 5, 6, 6, 7)),
        HAS,
    )

    assert (found["n_rows"], found["n_rows_of_group"], found["share"]) == (3, 5, 0.6)
    assert found["sd"] == pytest.approx((0.6 * 0.4) ** 0.5)
    # Person 6 has it on one of two rows, and so stands on both sides.
    assert (found["n_people"], found["n_people_without"], found["n_people_of_group"]) == (2, 2, 3)


def test_where_missing_means_zero_rows_without_a_value_count_as_zeros():
    found = of(
        characterise(covariates((1, COUNTED, 4), (2, COUNTED, 2)), everyone(1, 2, 3, 4)), COUNTED
    )

    assert found["mean"] == 1.5
    assert found["sd"] == pytest.approx((11 / 3) ** 0.5)
    assert (found["minimum"], found["p25"], found["p75"], found["maximum"]) == (0, 0, 2, 4)
    # Just half are missing: as in FeatureExtraction the smallest value that is there.
    assert found["median"] == 2


def test_of_measured_values_only_those_who_have_one_count():
    found = of(
        characterise(covariates((1, MEASURED, 4), (2, MEASURED, 2)), everyone(1, 2, 3, 4)),
        MEASURED,
    )

    assert (found["n_rows"], found["mean"], found["median"], found["minimum"]) == (2, 3, 2, 2)
    assert found["sd"] == pytest.approx(2**0.5)


def test_a_covariate_that_nobody_of_a_group_has_is_there_with_zero():
    groups = pl.concat(
        [
            everyone(1, 2),
            everyone(1, 2).with_columns(
                attribute=pl.lit("sex"), group_name=pl.Series(["Female", "Male"])
            ),
        ]
    )
    found = characterise(covariates((1, HAS, 1)), groups)

    assert found.height == 3 * 3
    assert of(found, HAS, "Male")["share"] == 0


def test_the_difference_is_that_of_the_means_over_the_mean_deviation():
    groups = everyone(1, 2, 3, 4).with_columns(
        attribute=pl.lit("sex"), group_name=pl.Series(["Female", "Female", "Male", "Male"])
    )
    made_up = covariates((1, HAS, 1), (3, HAS, 1), (4, HAS, 1), (1, MEASURED, 3))
    compared = compare_groups(characterise(made_up, groups), {"sex": "Female"})

    assert of(compared, HAS, "Male")["standardised_difference"] == pytest.approx(
        (1 - 0.5) / (0.25 / 2) ** 0.5
    )
    assert of(compared, HAS, "Female")["standardised_difference"] is None
    # Nobody has it, so neither group varies; and of no men a value is known.
    assert of(compared, COUNTED, "Male")["standardised_difference"] is None
    assert of(compared, MEASURED, "Male")["standardised_difference"] is None


@pytest.mark.needs_shared
@pytest.mark.parametrize("data", ["ps1", "ps3"])
def test_the_difference_is_the_one_of_cobalt(data):
    """cobalt 4.6.2 (R), unweighted, pooled: p (1 − p) for 0/1 covariates, as here."""
    folder = shared_agreement("survival")
    people = pl.read_csv(folder / f"{data}.csv")
    answers = json.loads((folder / f"{data}_answers.json").read_text())
    expected = answers["weights"]["unweighted"]["cobaltSMD"]
    male = people.filter(pl.col("male") == 1).select("id", covariate=pl.lit(HAS), value=pl.lit(1.0))
    age = people.select("id", covariate=pl.lit(MEASURED), value=pl.col("age").cast(pl.Float64))
    triples = pl.concat([male, age]).rows()
    groups = people.select(
        row_id="id",
        person_id="id",
        attribute=pl.lit("treatment"),
        group_name=pl.when(pl.col("treat") == 1).then(pl.lit("yes")).otherwise(pl.lit("no")),
    )
    found = characterise(covariates(*triples), groups)
    compared = compare_groups(found, {"treatment": "no"})

    for name, covariate_id in (("male", HAS), ("age", MEASURED)):
        difference = of(compared, covariate_id, "yes")["standardised_difference"]
        assert difference == pytest.approx(expected["pooled"][name], abs=1e-9)


@pytest.mark.needs_shared
@pytest.mark.parametrize("data", ["gibleed", "corner"])
def test_it_is_what_plain_python_makes_of_the_same_covariates(data):
    here = made(data, "default_endm1")
    rows = cohort_of(data).select("row_id", person_id="subject_id")
    groups = group_rows(rows, here, ["sex"])
    exact = characterise(here, groups)
    compared = compare_groups(exact, largest_groups(exact))
    values: dict[int, dict[int, float]] = {}
    for row_id, covariate_id, value in here.covariates.iter_rows():
        values.setdefault(covariate_id, {})[row_id] = value
    rows_of = {
        (attribute, group): rows["row_id"].to_list()
        for (attribute, group), rows in groups.group_by("attribute", "group_name")
    }
    summaries: dict[tuple[str, str, int], plainly.Summary] = {}
    for row in compared.iter_rows(named=True):
        place = row["attribute"], row["group_name"], row["covariate_id"]
        its_rows, its_values = rows_of[place[:2]], values[row["covariate_id"]]
        summaries[place] = (
            plainly.binary(its_rows, set(its_values))
            if row["is_binary"]
            else plainly.continuous(its_rows, its_values, missing_is_zero=row["missing_means_zero"])
        )
    for row in compared.iter_rows(named=True):
        place = row["attribute"], row["group_name"], row["covariate_id"]
        expected = summaries[place]
        assert row["n_rows"] == expected.n_rows, place
        if expected.n_rows:
            assert row["mean"] == pytest.approx(expected.mean, rel=1e-9), place
            assert row["sd"] == pytest.approx(expected.sd, rel=1e-9, abs=1e-12), place
        if expected.quartiles:
            assert (row["p25"], row["median"], row["p75"]) == expected.quartiles, place
            assert (row["minimum"], row["maximum"]) == expected.ends, place
        if row["reference_group"] not in (None, row["group_name"]):
            reference = summaries[row["attribute"], row["reference_group"], row["covariate_id"]]
            difference = plainly.difference(expected, reference)
            if difference is None:
                assert row["standardised_difference"] is None, place
            else:
                found = row["standardised_difference"]
                assert found == pytest.approx(difference, rel=1e-6, abs=1e-9), place
    assert compared["is_binary"].any()
    assert not compared["is_binary"].all()


def test_groups_are_read_from_the_covariates_themselves():
    made_of = every_covariate_of(1, 2, 3)
    rows = pl.DataFrame({"row_id": [10, 20, 30], "person_id": [1, 2, 3]})
    groups = group_rows(rows, made_of, ["sex", "age_band", "race"])

    def group(attribute: str) -> list[str]:
        return (
            groups.filter(pl.col("attribute") == attribute).sort("row_id")["group_name"].to_list()
        )

    assert group("overall") == ["Everyone"] * 3
    assert group("age_band") == ["50-64", "65-79", "80+"]
    # This CDM has no concept table, so nothing tells a gender that FeatureExtraction would show.
    assert group("race") == ["Unknown"] * 3


def test_sex_has_the_names_of_the_house():
    concepts = """
        concept_id | concept_name | domain_id | vocabulary_id | concept_class_id
        -----------+--------------+-----------+---------------+-----------------
              8507 | MALE         | Gender    | Gender        | Gender
              8532 | FEMALE       | Gender    | Gender        | Gender
    """
    made_of = covariates_of(1, 2, 3, person=PERSON, concept=concepts)
    rows = pl.DataFrame({"row_id": [10, 20, 30], "person_id": [1, 2, 3]})
    groups = group_rows(rows, made_of, ["sex"]).filter(pl.col("attribute") == "sex")

    assert groups.sort("row_id")["group_name"].to_list() == ["Male", "Female", "Unknown"]


@pytest.mark.parametrize(
    ("attributes", "said"),
    [
        (["sexx"], "there is no attribute 'sexx'. Did you mean 'sex'?"),
        (["age_band"], "no covariate here tells the age band: the analyses lack 2 and 962"),
    ],
)
def test_an_attribute_that_cannot_be_told_is_refused(attributes, said):
    rows = pl.DataFrame({"row_id": [10], "person_id": [1]})

    with pytest.raises(BadInputError, match=said):
        group_rows(rows, covariates_of(1), attributes)


def test_a_row_in_two_groups_of_an_attribute_is_refused():
    with pytest.raises(BadInputError, match="row_id 1 is in two groups of the attribute 'overall'"):
        characterise(covariates(), pl.concat([everyone(1), everyone(1)]))


def test_a_reference_group_that_does_not_exist_is_refused():
    found = characterise(covariates((1, HAS, 1)), everyone(1))

    with pytest.raises(BadInputError, match=r"'Everybody' is no group .* Did you mean 'Everyone'"):
        compare_groups(found, {"overall": "Everybody"})


@pytest.mark.parametrize(
    ("values", "n_people_apart"),
    [
        ([0] * 30 + [1] * 3, 3),  # few scores that are not 0
        ([1] * 30 + [0] * 4, 4),  # few that are, of one other value
        ([1] * 30 + [2] * 5, 5),  # few that are more than 1
        ([1] * 20 + [2] * 30 + [0] * 2, 20),  # zeros are lost among several values
    ],
)
def test_people_whom_a_mean_would_count_are_counted(values, n_people_apart):
    """A mean of 3/33 of scores that are 0 or 1 says that three people have a score."""
    triples = [(row, COUNTED, value) for row, value in enumerate(values, start=1)]
    found = characterise(covariates(*triples), everyone(*range(1, len(values) + 1)))

    assert of(found, COUNTED)["n_people_apart"] == n_people_apart
    is_small = 0 < n_people_apart < 11
    assert of(disclose(found, 11), COUNTED)["is_suppressed"] == is_small
