"""`catchment features`: what it writes, what it says of odd input, what it refuses."""

import json
from datetime import date, timedelta

import polars as pl
import pytest

from analytics.errors import BadInputError
from analytics.pipelines import feature_opening, making_features
from analytics.pipelines.feature_files import FILES
from analytics.pipelines.feature_plan import FeatureRequest
from analytics.pipelines.making_features import make_features
from tests.support.feature_runs import (
    PERIODS,
    PROCEDURES,
    Display,
    run_features,
    write_cdm,
    write_cohort,
)
from tests.support.small_cdm import INDEX_DATE, cohort, covariates_of

LARGE = 2**62 + 1
PROCEDURE = 502  # ProcedureOccurrenceLongTerm


def test_all_files_are_written_and_say_the_same(tmp_path):
    run = run_features(tmp_path)

    assert sorted(path.name for path in run.out.iterdir()) == sorted([*FILES, "manifest.json"])
    assert run.values(502) == {(10, 100_502): 1.0, (10, 200_502): 1.0, (20, 100_502): 1.0}
    assert run.matrix() == run.values()
    assert len(run.values()) == run.frame("covariates").height > 20
    told = dict(run.frame("covariate_ref").select("covariate_id", "analysis_id").iter_rows())
    assert set(told) == {covariate_id for _, covariate_id in run.values()}
    lines = json.loads((run.out / "certificate.json").read_text())
    assert pl.DataFrame(lines, schema=run.frame("certificate").schema).equals(
        run.frame("certificate")
    )
    manifest = json.loads((run.out / "manifest.json").read_text())
    assert manifest["row_id"] == "as in the cohort file"
    assert manifest["read_from_the_cdm"]["condition_era"] == "missing, taken as empty"


def test_what_is_written_is_what_is_built_in_memory(tmp_path):
    measured = pl.DataFrame(
        {
            "person_id": [1, 1, 2],
            "measurement_concept_id": [5, 5, 6],
            "measurement_date": [INDEX_DATE - timedelta(days=days) for days in (3, 200, 9)],
            "value_as_number": [1.0, 2.0, 7.0],
            "value_as_concept_id": [11, 12, 13],
            "unit_concept_id": [8840, 8840, 0],
        }
    )
    run = run_features(tmp_path, settings="featureextraction-all", measurement=measured)
    tables = {path.stem: pl.read_parquet(path) for path in (tmp_path / "cdm").glob("*.parquet")}
    in_memory = covariates_of(1, 2, 3, preset="featureextraction-all", **tables)

    order = ["row_id", "covariate_id"]
    assert run.frame("covariates").sort(order).equals(in_memory.covariates.sort(order))
    assert run.frame("covariate_ref").equals(in_memory.covariate_ref)
    assert run.frame("certificate").equals(in_memory.certificate)


def test_the_certificate_tells_what_was_read(tmp_path):
    certificate = run_features(tmp_path).frame("certificate")

    told = {row["analysis_name"]: row for row in certificate.iter_rows(named=True)}
    assert told["ProcedureOccurrenceLongTerm"] == {
        "analysis_id": PROCEDURE,
        "analysis_name": "ProcedureOccurrenceLongTerm",
        "n_rows_read": 3,
        "latest_day": -1,
        "last_day_allowed": -1,
        "is_day_0_asked_for": False,
    }
    assert told["ProcedureOccurrenceShortTerm"]["n_rows_read"] == 2
    assert certificate.height == 29


def test_an_end_day_of_0_takes_in_the_index_day_and_says_so(tmp_path):
    display = Display()
    run = run_features(tmp_path, end_day=0, display=display)

    certificate = run.frame("certificate").filter(pl.col("analysis_id") == PROCEDURE)
    assert certificate.select("latest_day", "is_day_0_asked_for").rows() == [(0, True)]
    assert (30, 300_502) in run.values()
    # Analyses for which nothing was read are not named.
    assert [each for each in display.notes if "day 0" in each] == [
        "ProcedureOccurrenceLongTerm, ProcedureOccurrenceShortTerm read up to the index day "
        "(day 0), as was asked for."
    ]


def test_rows_without_row_id_are_numbered_and_the_numbers_written_out(tmp_path):
    run = run_features(tmp_path, rows=cohort(3, 1).drop("row_id"))

    assert run.frame("rows").select("row_id", "subject_id").rows() == [(2, 1), (1, 3)]
    assert "numbered from 1" in json.loads((run.out / "manifest.json").read_text())["row_id"]
    assert {row_id for row_id, _ in run.values()} == {1, 2}


def test_what_is_unchanged_is_not_made_again_and_a_damaged_file_is(tmp_path):
    first = run_features(tmp_path)
    written = {path.name: path.stat().st_mtime_ns for path in first.out.iterdir()}
    run_features(tmp_path)
    assert {path.name: path.stat().st_mtime_ns for path in first.out.iterdir()} == written

    whole = first.values()
    (first.out / "covariates.parquet").write_bytes(b"half")
    assert run_features(tmp_path).values() == whole


def test_another_cohort_end_day_or_cdm_is_made_anew(tmp_path):
    assert len({row_id for row_id, _ in run_features(tmp_path).values()}) == 3
    assert {row_id for row_id, _ in run_features(tmp_path, rows=cohort(2)).values()} == {10}
    assert (10, 300_502) in run_features(tmp_path, rows=cohort(3), end_day=0).values()
    procedures = PROCEDURES.replace("300", "400")
    changed = run_features(tmp_path, rows=cohort(3), end_day=0, procedure_occurrence=procedures)
    assert (10, 400_502) in changed.values()


def test_rows_of_unknown_people_stay_and_are_counted(tmp_path):
    display = Display()
    run = run_features(tmp_path, rows=cohort(1, 77, 78), display=display)

    assert any("2 of 3 cohort rows are of people who are not in" in note for note in display.notes)
    assert (10, 100_502) in run.values()
    assert run.frame("rows").height == 3
    assert {row_id for row_id, _ in run.values(1)} == {10}


def test_an_index_outside_observation_counts_all_records_and_is_counted(tmp_path):
    display = Display()
    periods = PERIODS.replace("2021-12-31", "2020-01-31")
    run = run_features(tmp_path, observation_period=periods, display=display)

    assert any("3 of 3 cohort rows have an index date outside" in note for note in display.notes)
    assert (10, 100_502) in run.values()


def test_a_null_concept_gives_no_covariate(tmp_path):
    procedures = pl.DataFrame(
        {
            "person_id": [1, 1, 1],
            "procedure_concept_id": [None, 0, 9],
            "procedure_date": [INDEX_DATE - timedelta(days=2)] * 3,
        }
    )
    run = run_features(tmp_path, procedure_occurrence=procedures)

    assert run.values(PROCEDURE) == {(10, 9_502): 1.0}


def test_a_missing_table_gives_nothing_and_is_named(tmp_path):
    display = Display()
    run = run_features(tmp_path, procedure_occurrence=None, display=display)

    assert run.values(PROCEDURE) == {}
    assert any("no table procedure_occurrence: it was taken as empty" in n for n in display.notes)


def test_ids_of_64_bits_and_below_zero_are_kept(tmp_path):
    people = pl.DataFrame(
        {
            "person_id": [LARGE, -5],
            "gender_concept_id": [8507, 8532],
            "year_of_birth": [1960, 1950],
        }
    )
    procedures = pl.DataFrame(
        {
            "person_id": [LARGE, -5],
            "procedure_concept_id": [9, -9],
            "procedure_date": [INDEX_DATE - timedelta(days=2)] * 2,
        }
    )
    rows = cohort(LARGE, -5).with_columns(row_id=pl.Series([-LARGE, LARGE]))
    run = run_features(tmp_path, rows=rows, person=people, procedure_occurrence=procedures)

    assert run.values(PROCEDURE) == {(-LARGE, 9_502): 1.0, (LARGE, -9_000 + 502): 1.0}
    assert run.matrix() == run.values()
    assert run.frame("rows")["subject_id"].to_list() == [-5, LARGE]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (cohort(1).drop("cohort_end_date"), "lacks cohort_end_date"),
        (cohort(1).drop("subject_id", "cohort_start_date"), "lacks subject_id, cohort_start_date"),
        (cohort(1, 2).with_columns(row_id=pl.lit(7)), "row_id 7 stands in two cohort rows"),
        (cohort(1).with_columns(subject_id=pl.lit("A1")), "subject_id is of type String"),
        (
            cohort(1).with_columns(subject_id=pl.lit(2**63, pl.UInt64)),
            "1 values of subject_id leave 64 bits",
        ),
        (cohort(1).with_columns(cohort_start_date=pl.lit("soon")), "are no dates"),
        (
            cohort(1).with_columns(cohort_start_date=pl.lit(None, pl.Date)),
            "1 cohort rows have no cohort_start_date",
        ),
        (cohort(), "has no row"),
    ],
)
def test_cohort_rows_that_cannot_be_used(tmp_path, rows, said):
    with pytest.raises(BadInputError, match=said):
        run_features(tmp_path, rows=rows)
    assert not list((tmp_path / "out").glob("*"))


def test_a_cohort_file_that_is_not_there_or_no_parquet(tmp_path):
    with pytest.raises(BadInputError, match="no such file"):
        make_features(
            FeatureRequest(
                cdm=write_cdm(tmp_path / "cdm"),
                cohort=tmp_path / "absent.parquet",
                settings="featureextraction-default",
                out=tmp_path / "out",
            )
        )
    broken = tmp_path / "rows.parquet"
    broken.write_text("subject_id\n1\n")
    with pytest.raises(BadInputError, match="cannot be read as Parquet"):
        make_features(
            FeatureRequest(
                cdm=tmp_path / "cdm",
                cohort=broken,
                settings="featureextraction-default",
                out=tmp_path / "out",
            )
        )


def test_unknown_settings_are_answered_with_the_nearest(tmp_path):
    with pytest.raises(BadInputError, match="Did you mean 'featureextraction-default'"):
        run_features(tmp_path, settings="featureextraction-defaults")


def test_a_window_that_ends_before_it_starts_is_refused(tmp_path):
    with pytest.raises(BadInputError, match="end day -31 is before the window of 30 days starts"):
        run_features(tmp_path, end_day=-31)


def test_a_ceiling_below_what_the_program_needs_is_refused(tmp_path):
    with pytest.raises(BadInputError, match=r"--memory 0\.1 is too little"):
        run_features(tmp_path, memory_gib=0.1)


@pytest.mark.parametrize("both", [True, False])
def test_a_cdm_or_a_workspace_is_asked_for_and_not_both(tmp_path, both):
    here = tmp_path if both else None
    with pytest.raises(BadInputError, match="Give one of them"):
        make_features(
            FeatureRequest(
                cdm=here,
                workspace=here,
                cohort=write_cohort(tmp_path),
                settings="featureextraction-default",
                out=tmp_path / "out",
            )
        )


def test_people_with_two_rows_are_done_for_each(tmp_path):
    rows = cohort(1, 1).with_columns(
        cohort_start_date=pl.Series([date(2020, 6, 15), date(2020, 3, 1)])
    )
    run = run_features(tmp_path, rows=rows)

    assert run.values(PROCEDURE) == {(10, 100_502): 1.0, (10, 200_502): 1.0, (20, 200_502): 1.0}


def test_shards_of_one_person_give_the_files_of_all_people_at_once(tmp_path, monkeypatch):
    rows = cohort(3, 1, 2, 1).with_columns(
        cohort_start_date=pl.Series([INDEX_DATE, INDEX_DATE, INDEX_DATE, date(2020, 3, 1)])
    )
    at_once = run_features(tmp_path / "whole", rows=rows)
    monkeypatch.setattr(feature_opening, "records_at_once", lambda memory_gib: 1)
    monkeypatch.setattr(making_features, "values_at_once", lambda memory_gib: 3)
    in_shards = run_features(tmp_path / "shards", rows=rows)

    assert json.loads((in_shards.out / "manifest.json").read_text())["n_shards"] == 3
    assert in_shards.matrix() == at_once.matrix() == at_once.values()
    for name in ("covariates", "covariate_ref", "analysis_ref", "certificate", "rows"):
        assert in_shards.frame(name).equals(at_once.frame(name)), name
