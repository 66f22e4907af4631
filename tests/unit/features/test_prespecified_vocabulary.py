"""What the prespecified analyses take from the vocabulary: groups, inpatient stays, scores."""

import polars as pl

from tests.support.small_cdm import covariates_of, every_covariate_of, ids, values
from tests.support.tables import table

CLINICAL_FINDING = 441840
CONDITION = """
    concept_id | concept_name          | domain_id   | vocabulary_id | invalid_reason
    -----------+-----------------------+-------------+---------------+---------------
             1 | Asthma                | Condition   | SNOMED        |
             2 | Disorder of lung      | Condition   | SNOMED        |
             3 | Thoracic FINDING      | Condition   | SNOMED        |
             4 | Thoracic finding      | Condition   | SNOMED        |
             5 | Too broad             | Condition   | SNOMED        |
             6 | Observed              | Observation | SNOMED        |
"""
ERA = """
    person_id | condition_concept_id | condition_era_start_date | condition_era_end_date
    ----------+----------------------+--------------------------+-----------------------
            1 |                    1 |               2020-06-01 |             2020-06-02
"""


def ancestors(*rows: tuple[int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(
        rows,
        schema=["ancestor_concept_id", "descendant_concept_id", "min_levels_of_separation"],
        orient="row",
    )


def test_condition_groups_are_narrow_enough_and_not_named_as_broad():
    below = [(CLINICAL_FINDING, group, 2 if group == 5 else 3) for group in range(1, 7)]
    above_asthma = [(group, 1, 1) for group in range(2, 7)]
    made = covariates_of(
        1,
        condition_era=ERA,
        concept=CONDITION,
        concept_ancestor=ancestors(*below, *above_asthma, (1, 1, 0)),
    )

    assert ids(made, 212) == {1212, 3212}


def test_a_concept_is_its_own_group_only_where_the_table_says_so():
    made = covariates_of(
        1,
        condition_era=ERA,
        concept=CONDITION,
        concept_ancestor=ancestors((CLINICAL_FINDING, 1, 3)),
    )

    assert ids(made, 212) == set()


def test_drug_groups_are_atc_classes_and_standard_ingredients():
    concepts = """
        concept_id | vocabulary_id | concept_code | concept_class_id   | standard_concept
        -----------+---------------+--------------+--------------------+-----------------
                11 | ATC           | A            | ATC 1st            | C
                12 | ATC           | A10BA        | ATC 4th            | C
                13 | ATC           | A10BA02      | ATC 5th            | C
                14 | RxNorm        | x            | Ingredient         | S
                15 | RxNorm        | x            | Ingredient         |
                16 | RxNorm        | x            | Ingredient         | S
                17 | RxNorm        | x            | Precise Ingredient | S
    """
    is_device = pl.col("concept_id") == 16
    domain = pl.when(is_device).then(pl.lit("Device")).otherwise(pl.lit("Drug"))
    era = """
        person_id | drug_concept_id | drug_era_start_date | drug_era_end_date
        ----------+-----------------+---------------------+------------------
                1 |              14 |          2020-06-01 |        2020-06-02
    """
    made = covariates_of(
        1,
        drug_era=era,
        concept=table(concepts).with_columns(domain_id=domain),
        concept_ancestor=ancestors(*((group, 14, 1) for group in range(11, 18))),
    )

    assert ids(made, 412) == {11412, 12412, 14412}


def test_inpatient_asks_only_for_a_day_inside_a_stay_that_the_ancestors_know():
    happened = """
        person_id | condition_concept_id | condition_start_date
        ----------+----------------------+---------------------
                1 |                    1 |           2020-06-01
                1 |                    2 |           2020-06-03
                1 |                    3 |           2020-06-04
                1 |                    4 |           2020-06-10
    """
    stays = """
        person_id | visit_concept_id | visit_start_date | visit_end_date
        ----------+------------------+------------------+---------------
                1 |             9201 |       2020-06-01 |     2020-06-03
                1 |            32037 |       2020-06-10 |     2020-06-12
    """
    known = {"condition_occurrence": happened, "visit_occurrence": stays}

    assert ids(every_covariate_of(1, **known), 108) == set()
    made = every_covariate_of(1, **known, concept_ancestor=ancestors((9201, 9201, 0)))
    assert ids(made, 108) == {1108, 2108}


def test_care_site_of_the_visit_that_ends_first_else_of_the_person():
    person = """
        person_id | gender_concept_id | year_of_birth | care_site_id
        ----------+-------------------+---------------+-------------
                1 |              8507 |          1960 |            3
                2 |              8507 |          1960 |
    """
    visits = """
        person_id | visit_concept_id | visit_start_date | visit_end_date | care_site_id
        ----------+------------------+------------------+----------------+-------------
                1 |             9202 |       2020-06-15 |     2020-06-15 |
                1 |             9201 |       2020-06-10 |     2020-06-20 |            4
                2 |             9202 |       2020-06-15 |     2020-06-15 |
                2 |             9201 |       2020-06-10 |     2020-06-20 |            4
    """
    made = every_covariate_of(1, 2, person=person, visit_occurrence=visits)

    assert values(made, 12) == {(10, 3012): 1.0, (20, 4012): 1.0}


def eras_of(*concepts: int) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": 1,
            "condition_concept_id": concepts,
            "condition_era_start_date": "2001-01-01",
            "condition_era_end_date": "2001-01-02",
        }
    )


def test_charlson_has_no_hierarchy_and_looks_back_any_time():
    mild_liver, severe_liver = 4064161, 4245975
    made = covariates_of(
        1,
        condition_era=eras_of(1, 2),
        concept_ancestor=ancestors((mild_liver, 1, 1), (severe_liver, 1, 1), (mild_liver, 2, 1)),
    )

    assert values(made, 901) == {(10, 1901): 4.0}


def test_chads2_is_there_for_everybody_and_counts_age_and_sex():
    made = covariates_of(1, 2, 3, condition_era=eras_of(1))

    assert values(made, 903) == {(10, 1903): 0.0, (20, 1903): 0.0, (30, 1903): 1.0}
    assert values(made, 904) == {(10, 1904): 0.0, (20, 1904): 2.0, (30, 1904): 2.0}


def test_chads2_vasc_leaves_out_some_descendants_and_counts_some_concepts_as_themselves():
    diabetes, secondary, alone = 201820, 195771, 437312
    concepts = CONDITION + f"        {alone} | Valid | Condition | SNOMED |\n"
    known = {
        "condition_era": eras_of(1, alone),
        "concept": concepts,
        "concept_ancestor": ancestors((diabetes, 1, 1)),
    }
    assert values(covariates_of(1, **known), 904) == {(10, 1904): 2.0}
    known["concept_ancestor"] = ancestors((diabetes, 1, 1), (secondary, 1, 1))
    assert values(covariates_of(1, **known), 904) == {(10, 1904): 1.0}


def codes(vocabulary: str, *numbered: str) -> dict[str, pl.DataFrame]:
    """Source codes 101, 102, … each mapped to a SNOMED concept 1, 2, …, with its era."""
    n = len(numbered)
    targets, sources = list(range(1, n + 1)), list(range(101, 101 + n))
    return {
        "concept": pl.DataFrame(
            {
                "concept_id": targets + sources,
                "vocabulary_id": ["SNOMED"] * n + [vocabulary] * n,
                "concept_code": ["x"] * n + list(numbered),
            }
        ),
        "concept_relationship": pl.DataFrame(
            {"concept_id_1": sources, "concept_id_2": targets, "relationship_id": "Maps to"}
        ),
        "condition_era": eras_of(*targets),
    }


def dcsi(*numbered: str) -> float | None:
    return values(covariates_of(1, **codes("ICD9CM", *numbered)), 902).get((10, 1902))


def test_dcsi_takes_the_highest_points_of_each_category():
    assert dcsi("362.01") == 1
    assert dcsi("362.01", "369.4") == 2
    assert dcsi("362.01", "369.4", "250.4") == 3
    assert dcsi("440.23") == 2


def test_dcsi_compares_codes_as_text():
    assert [dcsi(code) for code in ("250.4", "250.40")] == [1, None]
    assert [dcsi(code) for code in ("354", "354.0", "355", "355.99", "355.999")] == [
        *(None, 1, 1, 1, None)
    ]


def test_frailty_reads_icd10_of_the_who_and_adds_exactly():
    frail = every_covariate_of(1, **codes("ICD10", "F00.1", "R50", "G81"))
    american = every_covariate_of(1, **codes("ICD10CM", "F00.1"))

    assert values(frail, 926) == {(10, 1926): 11.6}
    assert values(american, 926) == {}
