"""What is known of a person before the index date: said of people, on the boundary days."""

import numpy as np
import polars as pl
import pytest
from scipy.sparse import csr_matrix

from analytics.errors import RunFailedError
from analytics.features import definition
from analytics.models import Contributions, top_reasons
from analytics.studies import CovariateSettings
from tests.support.histories import by_name, covariates, events, one_person


def test_a_window_includes_the_day_it_begins_on_and_day_minus_1_and_not_the_index_day():
    matrix = covariates(
        condition=events(
            (11, -366), (11, -365), (11, -180), (11, -31), (11, -30), (11, -1), (11, 0)
        )
    )

    assert by_name(matrix) == {
        "Asthma: times recorded in the last 30 days": 2,
        "Asthma: times recorded in the last 180 days": 4,
        "Asthma: times recorded in the last 365 days": 5,
        "Asthma: times recorded at any time before": 6,
    }


def test_only_the_windows_and_domains_a_study_asks_for_are_made():
    matrix = covariates(
        settings=CovariateSettings(windows=(180,), domains=("drug",)),
        condition=events((11, -1)),
        drug=events((11, -1)),
    )

    assert by_name(matrix) == {"Asthma: times prescribed or given in the last 180 days": 1}


def test_the_latest_value_is_that_of_the_latest_day_that_has_a_value():
    matrix = covariates(
        measurement=events((12, -40), (12, -12), (12, -5), (12, 0), value=[9.0, 8.1, None, 7.0])
    )

    latest = by_name(matrix)
    assert latest["HbA1c: latest value"] == 8.1
    assert latest["HbA1c: days since the latest value"] == 12
    assert latest["HbA1c: times measured in the last 30 days"] == 2


def test_of_two_values_on_a_day_the_one_recorded_later_is_the_latest():
    matrix = covariates(
        measurement=events((12, -5), (12, -5), value=[8.1, 7.9], event_id=[4_000_000_000, 3])
    )

    assert by_name(matrix)["HbA1c: latest value"] == 8.1


def test_a_latest_value_of_0_is_there_and_a_concept_without_values_has_none():
    matrix = covariates(measurement=events((12, -5), (11, -5), value=[0.0, None]))

    latest = {name: value for name, value in by_name(matrix).items() if "latest" in name}
    assert latest == {"HbA1c: latest value": 0, "HbA1c: days since the latest value": 5}


def test_a_stay_counts_its_days_in_the_last_year_and_no_day_from_the_index_on():
    # Days -370 to -364 (two in the last year), -10 to -8, and a stay that goes on at index.
    matrix = covariates(visit=events((9201, -370), (9201, -10), (9201, -2), end_day=[-364, -8, 25]))

    assert by_name(matrix)["Inpatient Visit: days spent in the last 365 days"] == 2 + 3 + 2
    assert by_name(matrix)["Inpatient Visit: visits begun in the last 365 days"] == 2


def test_concept_0_says_nothing():
    assert by_name(covariates(condition=events((0, -1)))) == {}


def test_events_before_1970_count():
    matrix = covariates(measurement=events((12, -9000), value=[5.0]))

    assert by_name(matrix)["HbA1c: latest value"] == 5.0


def test_age_is_the_year_of_index_less_the_year_of_birth():
    assert covariates(person=one_person(year_of_birth=[1931])).values.rows() == [
        (0, 962, 39.0),
        (0, 963, 400.0),
    ]


def test_race_and_ethnicity_are_made_only_where_the_study_says_so():
    person = one_person(sex="Female", race="Asian", ethnicity="Not Hispanic or Latino")

    without = covariates(person=person)
    with_them = covariates(
        person=person, settings=CovariateSettings(domains=(), use_race_and_ethnicity=True)
    )

    assert by_name(without) == {"Sex: Female": 1}
    assert by_name(with_them) == {
        "Sex: Female": 1,
        "Race: Asian": 1,
        "Ethnicity: Not Hispanic or Latino": 1,
    }


def test_race_and_ethnicity_are_domains_of_their_own_and_so_are_never_a_reason():
    person = one_person(sex="Female", race="Asian", ethnicity="Not Hispanic or Latino")
    matrix = covariates(
        person=person, settings=CovariateSettings(domains=(), use_race_and_ethnicity=True)
    )
    domains = dict(matrix.covariate_ref.select("covariate_name", "domain").rows())
    csr, _ = matrix.to_csr()

    reasons = top_reasons(
        Contributions(values=csr_matrix(np.ones(csr.shape)), baseline=np.zeros(1)),
        covariates=csr,
        covariate_reference=matrix.covariate_ref,
    )

    assert domains["Sex: Female"] == "demographics"
    assert domains["Race: Asian"] == "race"
    assert domains["Ethnicity: Not Hispanic or Latino"] == "ethnicity"
    assert set(reasons["covariate_name"]) == {
        "Sex: Female",
        "Age in years",
        "Days of observation before",
    }


def test_race_recorded_as_an_observation_is_no_covariate_either():
    race, white = 4013886, 8527
    recorded = events((race, -10), (white, -10), (11, -10))
    asked = CovariateSettings(domains=("observation",), use_race_and_ethnicity=True)

    assert set(covariates(observation=recorded).values["covariate_id"] // 1000) == {0, 11}
    with_them = covariates(observation=recorded, settings=asked)
    assert set(with_them.values["covariate_id"] // 1000) == {0, 11, race, white}


def test_a_concept_that_the_cdm_does_not_name_is_called_by_its_id():
    matrix = covariates(condition=events((2_000_000_123, -400)))

    assert by_name(matrix) == {
        "Concept 2000000123 (no name in this CDM): times recorded at any time before": 1
    }


def test_negative_and_large_concept_ids_are_kept_and_those_beyond_64_bits_refused_by_name():
    largest = (2**63 - 1000) // 1000
    kept = (-5, -largest, largest)
    refused = (largest + 1, -largest - 1, 2**63 - 1, -(2**63))

    matrix = covariates(condition=events(*((concept, -400) for concept in (*kept, *refused))))

    ids = matrix.covariate_ref.filter(pl.col("domain") == "condition").select(
        "covariate_id", "concept_id"
    )
    assert ids.rows() == sorted((concept * 1000 + 933, concept) for concept in kept)
    assert len(matrix.warnings) == 1
    for concept in refused:
        assert str(concept) in matrix.warnings[0]


def test_a_domain_that_the_cdm_lacks_has_no_covariates_and_that_is_said():
    matrix = covariates(
        settings=CovariateSettings(domains=("condition", "measurement")),
        condition=events((11, -1)),
    )

    assert matrix.warnings == ("no measurement events in this CDM: no measurement covariates",)
    assert set(matrix.covariate_ref["domain"]) == {"condition", "demographics"}


DOMAINS = ("condition", "drug", "procedure", "measurement", "observation", "device", "visit")


@pytest.mark.parametrize("domain", DOMAINS)
@pytest.mark.parametrize("future_day", [0, 3])
def test_one_event_of_the_future_that_is_read_stops_everything(
    monkeypatch: pytest.MonkeyPatch, domain: str, future_day: int
):
    history = events((11, -1), (11, future_day), value=[1.0, 1.0])
    assert covariates(**{domain: history}).latest_days["latest_day"].max() == -1

    monkeypatch.setattr(
        definition,
        "keep_lookback",
        lambda joined, last_day: joined.with_columns(
            days=definition.nw.col("day") - definition.nw.col("index_day")
        ),
    )

    with pytest.raises(RunFailedError, match=rf"\({domain}\) read an event of day {future_day}"):
        covariates(**{domain: history})


def test_the_latest_day_that_was_read_is_told_for_each_analysis():
    matrix = covariates(condition=events((11, -200), (11, -40)), visit=events((9201, -7)))

    latest = matrix.latest_days.filter(pl.col("latest_day").is_not_null())
    assert dict(latest.select("analysis_id", "latest_day").rows()) == {
        931: -40,
        932: -40,
        933: -40,
        **dict.fromkeys((954, 955, 956, 957, 960), -7),
    }
