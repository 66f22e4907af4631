"""FeatureExtraction's prespecified analyses at their edges, in cases of one to three people."""

from datetime import date, timedelta

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.features.prespecified import analyses_of_preset
from tests.support.small_cdm import (
    INDEX_DATE,
    cohort,
    covariates_of,
    every_covariate_of,
    ids,
    values,
)
from tests.support.tables import table


def events(kind: str, concept: str, *happened: tuple[int, int, int | None]) -> pl.DataFrame:
    """One row for each event of person 1: concept, and its days relative to index."""
    days = {"condition_era": ("condition_era_start_date", "condition_era_end_date")}
    start, end = days.get(kind, (f"{kind}_date", ""))
    columns = {
        "person_id": [1 for _ in happened],
        concept: [number for number, _, _ in happened],
        start: [INDEX_DATE + timedelta(days=first) for _, first, _ in happened],
    }
    if end:
        columns[end] = [
            None if last is None else INDEX_DATE + timedelta(days=last) for *_, last in happened
        ]
    return pl.DataFrame(columns)


def eras(*happened: tuple[int, int, int | None]) -> pl.DataFrame:
    return events("condition_era", "condition_concept_id", *happened)


def measured(*happened: tuple[int, int]) -> pl.DataFrame:
    return events(
        "measurement", "measurement_concept_id", *((number, day, None) for number, day in happened)
    )


def test_the_presets_are_the_29_default_analyses_and_all_118():
    default = [analysis.analysis_id for analysis in analyses_of_preset("featureextraction-default")]

    assert default == [
        *(1, 3, 4, 5, 6, 7, 210, 212, 410, 412, 413, 502, 504, 602, 604, 702, 704),
        *(710, 712, 714, 716, 802, 804, 806, 808, 901, 902, 903, 904),
    ]
    assert len({a.analysis_id for a in analyses_of_preset("featureextraction-all")}) == 118


def test_windows_take_in_both_ends():
    happened = [(1, -366), (2, -365), (3, -181), (4, -180), (5, -31), (6, -30), (7, -1), (8, 0)]
    made = every_covariate_of(1, measurement=measured(*happened))

    def seen(analysis_id: int) -> list[int]:
        return sorted(number // 1000 for number in ids(made, analysis_id))

    assert seen(704) == [6, 7]
    assert seen(703) == [4, 5, 6, 7]
    assert seen(702) == [2, 3, 4, 5, 6, 7]
    assert seen(701) == [1, 2, 3, 4, 5, 6, 7]


def test_end_day_0_takes_in_the_index_day():
    made = covariates_of(1, end_day=0, measurement=measured((7, -1), (8, 0), (9, 1)))

    assert ids(made, 704) == {7704, 8704}


def test_an_era_counts_by_overlap_or_by_its_start():
    made = every_covariate_of(
        1,
        condition_era=eras((1, -400, -30), (2, -400, -31), (3, -20, 50), (4, 0, 5), (5, -9, None)),
    )

    assert ids(made, 204) == {1204, 3204}  # overlaps the last 30 days
    assert ids(made, 208) == {3208, 5208}  # starts in them
    assert ids(made, 205) == {3205}  # lies on the end day
    assert ids(made, 201) == {1201, 2201, 3201, 5201}
    assert values(made, 907) == {(10, 1907): 2.0}


def test_an_analysis_whose_id_would_leave_64_bits_is_refused_by_name_and_the_rest_goes_on():
    person = """
        person_id | gender_concept_id | year_of_birth | care_site_id
        ----------+-------------------+---------------+--------------------
                1 |              8507 |          1960 | 9223372036854775807
                2 |              8532 |          1950 |                   5
    """
    made = every_covariate_of(1, 2, person=person)

    assert ids(made, 12) == set()
    assert ids(made, 1) == {8507001, 8532001}
    assert [warning for warning in made.warnings if "refused" in warning] == [
        "CareSiteId (analysis 12) was refused: a covariate id of it would leave 64 bits. "
        "All other analyses were made."
    ]


def test_a_concept_may_be_too_large_for_one_analysis_and_not_for_another():
    made = covariates_of(1, measurement=measured((10**15, -5), (7, -5)))

    assert ids(made, 704) == {7704, 10**18 + 704}
    assert not [warning for warning in made.warnings if "refused" in warning]


def test_negative_concepts_have_negative_ids():
    made = covariates_of(1, measurement=measured((-7, -5)))

    assert -7 * 1000 + 704 in set(made.covariates["covariate_id"])


def test_null_and_unknown_concepts_give_no_covariate():
    recorded = measured((0, -5), (7, -5)).with_columns(
        measurement_concept_id=pl.when(pl.col("measurement_concept_id") > 0).then(None)
    )
    made = every_covariate_of(
        1,
        measurement=pl.concat(
            [recorded, recorded.with_columns(measurement_concept_id=pl.lit(0))],
            how="vertical_relaxed",
        ),
    )

    assert ids(made, 701, 702, 703, 704) == set()


def test_people_whom_the_cdm_does_not_know_have_no_facts():
    made = every_covariate_of(1, 99)

    assert values(made, 1, 2) == {(10, 8507001): 1.0, (10, 1002): 60.0}


def test_a_missing_table_gives_none_of_its_covariates_and_a_warning():
    made = every_covariate_of(1, condition_era=eras((1, -5, -5)))

    assert "this CDM has no table measurement: it was taken as empty" in made.warnings
    assert not [warning for warning in made.warnings if "condition_era" in warning]
    assert ids(made, 701) == set()
    assert ids(made, 204) == {1204}


def test_columns_are_read_without_regard_to_case_and_from_text():
    written = pl.DataFrame(
        {
            "PERSON_ID": ["1"],
            "MEASUREMENT_CONCEPT_ID": ["7"],
            "MEASUREMENT_DATE": ["2020-06-10 00:00:00"],
        }
    )

    assert ids(covariates_of(1, measurement=written), 704) == {7704}


VALUES = """
    person_id | measurement_concept_id | measurement_date | unit_concept_id | value_as_number
    ----------+------------------------+------------------+-----------------+----------------
            1 |                      7 |       2020-06-01 |            8840 |               5
            1 |                      7 |       2020-06-02 |            8840 |               9
            1 |                      7 |       2020-06-02 |            8840 |               8
            1 |                      7 |       2020-06-01 |            9840 |             800
            1 |                      7 |       2020-06-01 |                 |              11
            1 |                      7 |       2020-06-01 |               0 |               3
            1 |                      7 |       2020-06-09 |            8840 |
"""


def test_the_lowest_value_of_the_latest_day_counts_and_units_may_clash():
    made = every_covariate_of(1, measurement=VALUES)

    found = made.covariates.filter(pl.col("covariate_id") % 1000 == 708).sort("covariate_value")
    assert found.rows() == [(10, 7000708, 3.0), (10, 7840708, 8.0), (10, 7840708, 800.0)]
    assert made.covariate_ref.filter(pl.col("covariate_id") == 7840708).height == 2


def test_what_is_neither_below_nor_above_its_range_is_within():
    ranges = table("""
        measurement_concept_id | value_as_number | range_low | range_high
        -----------------------+-----------------+-----------+-----------
                             1 |             0.5 |         1 |          2
                             2 |               1 |         1 |          2
                             3 |               2 |         1 |          2
                             4 |             2.5 |         1 |          2
                             5 |                 |         1 |          2
                             6 |             0.5 |         1 |
    """).with_columns(person_id=1, measurement_date=INDEX_DATE - timedelta(days=3))
    assert ids(covariates_of(1, measurement=ranges), 712) == {11712, 22712, 32712, 43712, 52712}


def test_bad_input_is_named():
    with pytest.raises(BadInputError, match=r"no preset 'featureextraction-defualt'.*default"):
        covariates_of(1, preset="featureextraction-defualt")
    with pytest.raises(BadInputError, match="end day -31 is before the window of 30 days"):
        covariates_of(1, end_day=-31)
    with pytest.raises(BadInputError, match="row_id 10 stands in two"):
        covariates_of(rows=pl.concat([cohort(1), cohort(2)]))
    with pytest.raises(BadInputError, match="lack cohort_end_date"):
        covariates_of(rows=cohort(1).drop("cohort_end_date"))
    with pytest.raises(BadInputError, match="1 cohort rows have no cohort_start_date"):
        covariates_of(rows=cohort(1).with_columns(cohort_start_date=pl.lit(None, pl.Date)))


def test_ages_count_in_calendar_years_and_groups_of_five():
    made = every_covariate_of(1, 2, rows=cohort(1, 2, start=date(2020, 1, 1)))

    assert values(made, 2, 3) == {
        (10, 1002): 60.0,
        (20, 1002): 70.0,
        (10, 12003): 1.0,
        (20, 14003): 1.0,
    }


def test_days_of_0_are_values():
    periods = table("""
        person_id | observation_period_start_date | observation_period_end_date
        ----------+-------------------------------+----------------------------
                1 |                    2020-06-15 |                  2020-06-20
                1 |                    2020-01-01 |                  2020-06-14
    """)
    made = every_covariate_of(1, observation_period=periods)

    assert values(made, 8, 9, 10) == {(10, 1008): 0.0, (10, 1009): 5.0, (10, 1010): 0.0}


def test_without_a_year_of_birth_or_a_cohort_end_there_is_no_age_and_no_time_in_cohort():
    """FeatureExtraction's SQL gives rows here whose value, or whose covariate id, is null."""
    person = """
        person_id | gender_concept_id | year_of_birth
        ----------+-------------------+--------------
                1 |              8507 |
                2 |              8507 |          1960
    """
    rows = cohort(1, 2).with_columns(cohort_end_date=pl.lit(None, pl.Date))
    made = every_covariate_of(rows=rows, person=person)

    assert values(made, 2, 3, 10) == {(20, 1002): 60.0, (20, 12003): 1.0}
    assert made.covariates.null_count().row(0) == (0, 0, 0)


def test_an_index_outside_observation_has_no_observation_times_and_all_else():
    periods = table("""
        person_id | observation_period_start_date | observation_period_end_date
        ----------+-------------------------------+----------------------------
                1 |                    2020-01-01 |                  2020-06-14
    """)
    made = every_covariate_of(1, observation_period=periods, measurement=measured((7, -200)))

    assert values(made, 8, 9, 10) == {(10, 1010): 0.0}
    assert ids(made, 702) == {7702}
