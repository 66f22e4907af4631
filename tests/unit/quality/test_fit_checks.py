"""What a study may stop at is asked while a CDM is built, with a site's own limits."""

from dataclasses import replace
from datetime import date

import duckdb
import pytest

from analytics.contracts.overrides import Override
from analytics.errors import BadInputError, RunFailedError
from analytics.quality import asking, fit_checks
from analytics.quality.fit_checks import fit_frame, run_fit_checks
from analytics.warehouse import open_cdm

PERSON = """
    select person_id, gender_concept_id, year_of_birth, null::integer as month_of_birth,
        null::integer as day_of_birth, null::timestamp as birth_datetime
    from (values (1, 8507, 2030), (2, 8532, 1800)) as t(person_id, gender_concept_id, year_of_birth)
"""
PERIODS = """
    select observation_period_id, observation_period_id as person_id,
        starts::date as observation_period_start_date, ends::date as observation_period_end_date
    from (values (1, '2020-01-01', '2020-12-31'), (2, '2020-06-01', '2021-01-01'))
    as t(observation_period_id, starts, ends)
"""
BEFORE_BIRTH = "field_plausibleafterbirth_observation_period_observation_period_start_date"
BORN_EARLY = "field_plausiblevaluelow_person_year_of_birth"


@pytest.fixture(scope="module")
def cdm(tmp_path_factory):
    """Two people: one is observed before birth, the other was born in 1800."""
    folder = tmp_path_factory.mktemp("cdm")
    for name, query in {"person": PERSON, "observation_period": PERIODS}.items():
        duckdb.sql(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")
    return open_cdm(folder)


def of_site(table, column, check, **limits):
    said = dict.fromkeys(("concept_id", "threshold", "low", "high", "limit_share")) | limits
    return Override(
        **said,
        file="overrides.yaml",
        table=table,
        column=column,
        check=check,
        reason="Known of this site.",
        day=date(2026, 11, 22),
    )


def limits(cdm, *overrides):
    frame = fit_frame(run_fit_checks(cdm, overrides))
    return dict(frame.select("check_id", "limit_share").iter_rows()), frame


def test_a_limit_of_the_site_s_own_is_the_one_at_which_a_study_stops(cdm):
    start = "observation_period_start_date"
    own = of_site("observation_period", start, "plausibleAfterBirth", limit_share=0.9)
    also = of_site("person", "year_of_birth", "plausibleValueLow", limit_share=0.1)

    before, _ = limits(cdm)
    after, frame = limits(cdm, own, also)

    assert (before[BEFORE_BIRTH], after[BEFORE_BIRTH]) == (0.5, 0.9)
    assert BORN_EARLY not in before
    told = frame.filter(check_id=BORN_EARLY).row(0, named=True)
    assert (told["share"], told["limit_share"], told["status"]) == (0.5, 0.1, "failed")
    assert (told["table_name"], told["column_name"]) == ("person", "year_of_birth")


@pytest.mark.parametrize(
    ("status", "is_past"),
    [
        ("failed", True),
        ("passed", True),
        ("not_applicable", False),
        ("not_checked", False),
        ("error", False),
    ],
)
def test_a_check_that_was_made_is_past_its_limit_whether_or_not_it_failed(cdm, status, is_past):
    (found,) = (one for one in run_fit_checks(cdm).results if one.check.check_id == BEFORE_BIRTH)
    stricter = replace(found, check=replace(found.check, limit_share=0.49), status=status)

    assert not found.is_past_limit  # exactly on it
    assert stricter.is_past_limit is is_past


def test_a_study_cannot_stop_at_what_depends_on_the_day(cdm):
    end = of_site("person", "year_of_birth", "plausibleValueHigh", limit_share=0.1)

    with pytest.raises(BadInputError, match="asks what day it is"):
        run_fit_checks(cdm, [end])


def test_a_check_that_ends_in_an_error_is_an_error_of_the_build(cdm, monkeypatch):
    answered = asking._answered
    monkeypatch.setattr(
        asking,
        "_answered",
        lambda result: (
            asking.Answered(error="out of memory")
            if result.expectation_config.meta["check_id"] == BEFORE_BIRTH
            else answered(result)
        ),
    )

    with pytest.raises(RunFailedError, match=f"{BEFORE_BIRTH}: out of memory"):
        fit_checks.run_fit_checks(cdm)
