"""`catchment characterise`: files that may leave, and words for what cannot be used."""

import csv
import re

import polars as pl
import pytest

from tests.support.command_line import catchment_here, worked

N_ROWS = 120
NAMES = {8507001: "gender = MALE", 8532001: "gender = FEMALE", 201826210: "=Diabetes", 1102210: "x"}


@pytest.fixture
def features(tmp_path):
    """Men and women, 60 each, in a folder as `catchment features` writes it; 4 have the last."""
    return write_features(tmp_path / "features")


def write_features(folder, *, first_row=0):
    folder.mkdir()
    row_ids = [first_row + number for number in range(N_ROWS)]
    covariates = [(row, 8507001 if row % 2 else 8532001) for row in row_ids]
    covariates += [(row, 201826210) for row in row_ids if row % 3 == 0]
    covariates += [(row, 1102210) for row in row_ids[:4]]
    pl.DataFrame(
        covariates, schema={"row_id": pl.Int64, "covariate_id": pl.Int64}, orient="row"
    ).with_columns(covariate_value=1.0).write_parquet(folder / "covariates.parquet")
    pl.DataFrame(
        {
            "covariate_id": list(NAMES),
            "covariate_name": list(NAMES.values()),
            "analysis_id": [each % 1000 for each in NAMES],
            "concept_id": [each // 1000 for each in NAMES],
        }
    ).write_parquet(folder / "covariate_ref.parquet")
    pl.DataFrame(
        {
            "analysis_id": [1, 210],
            "analysis_name": ["DemographicsGender", "ConditionGroupEraLongTerm"],
            "domain_id": ["Demographics", "Condition"],
            "is_binary": "Y",
            "missing_means_zero": None,
        },
        schema_overrides={"missing_means_zero": pl.String},
    ).write_parquet(folder / "analysis_ref.parquet")
    pl.DataFrame({"row_id": row_ids, "subject_id": row_ids}).write_parquet(folder / "rows.parquet")
    return folder


def table_1(folder):
    with (folder / "table_1.csv").open() as file:
        return list(csv.DictReader(file))


def test_it_writes_what_may_leave(features, tmp_path):
    out = tmp_path / "out"
    worked(catchment_here("characterise", "--features", features, "--by", "sex", "--out", out))
    rows = {(row["attribute"], row["group_name"], row["covariate_id"]): row for row in table_1(out)}
    page = (out / "table_1.html").read_text()

    everyone = rows["overall", "Everyone", "201826210"]
    assert (everyone["n_rows"], everyone["n_people_of_group"]) == ("44", "120")
    assert float(everyone["share"]) == pytest.approx(44 / 120)
    # Text that a spreadsheet would run is made harmless; four people are told nowhere.
    assert everyone["covariate_name"] == "'=Diabetes"
    assert rows["overall", "Everyone", "1102210"]["share"] == ""
    assert rows["overall", "Everyone", "1102210"]["is_suppressed"] == "true"
    assert rows["sex", "Male", "201826210"]["reference_group"] == "Female"
    assert rows["sex", "Male", "201826210"]["standardised_difference"] != ""
    assert "36.7 %" in page
    assert not re.search(r"""(src|href)=|url\(|https?:""", page)


def test_a_subset_of_the_rows_is_characterised_alone(features, tmp_path):
    some = pl.DataFrame({"row_id": range(60), "subject_id": range(60)})
    day = pl.date(2020, 1, 1)
    some.with_columns(cohort_start_date=day, cohort_end_date=day).write_parquet(
        tmp_path / "some.parquet"
    )
    out = tmp_path / "out"
    worked(
        catchment_here(
            *("characterise", "--features", features, "--cohort", tmp_path / "some.parquet"),
            *("--out", out),
        )
    )

    assert {row["n_people_of_group"] for row in table_1(out)} == {"60"}


def test_two_cohorts_are_set_side_by_side(features, tmp_path):
    other = write_features(tmp_path / "others", first_row=1000)
    out = tmp_path / "out"
    worked(
        catchment_here(
            "characterise", "--features", features, "--compared-with", other, "--out", out
        )
    )
    groups = {(row["attribute"], row["group_name"], row["reference_group"]) for row in table_1(out)}

    assert groups == {("cohort", "features", "others"), ("cohort", "others", "others")}
    page = (out / "table_1.html").read_text()
    assert "<th>others<br>" in page
    assert "gender = MALE" in page


def test_what_nobody_of_one_cohort_has_is_zero_there(features, tmp_path):
    other = write_features(tmp_path / "others", first_row=1000)
    nobody = pl.read_parquet(other / "covariates.parquet").filter(
        pl.col("covariate_id") != 201826210
    )
    nobody.write_parquet(other / "covariates.parquet")
    reference = pl.read_parquet(other / "covariate_ref.parquet")
    reference.filter(pl.col("covariate_id") != 201826210).write_parquet(
        other / "covariate_ref.parquet"
    )
    out = tmp_path / "out"
    words = ("--features", features, "--compared-with", other, "--out", out)
    worked(catchment_here("characterise", *words))
    rows = {row["group_name"]: row for row in table_1(out) if row["covariate_id"] == "201826210"}

    assert float(rows["others"]["share"]) == 0
    assert float(rows["features"]["standardised_difference"]) > 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--by", "sx"], "there is no attribute 'sx'. Did you mean 'sex'?"),
        (["--by", "race"], "no covariate here tells the race: the analyses lack 4 and 965"),
        (["--by", "sex", "--compared-with", "."], "--by and --compared-with cannot go together"),
    ],
)
def test_what_cannot_be_asked_is_said(features, tmp_path, words, said):
    out = tmp_path / "out"
    answer = catchment_here("characterise", "--features", features, *words, "--out", out)

    assert answer.exit_code == 2
    assert said in answer.stderr
    assert not out.exists()


def test_a_folder_that_features_did_not_write_is_refused(tmp_path):
    answer = catchment_here("characterise", "--features", tmp_path, "--out", tmp_path / "out")

    assert answer.exit_code == 2
    assert "lacks covariates.parquet" in answer.stderr
    assert "catchment features wrote" in answer.stderr


def test_rows_without_features_are_refused(features, tmp_path):
    day = pl.date(2020, 1, 1)
    pl.DataFrame({"row_id": [5, 999], "subject_id": [5, 999]}).with_columns(
        cohort_start_date=day, cohort_end_date=day
    ).write_parquet(tmp_path / "more.parquet")
    answer = catchment_here(
        *("characterise", "--features", features, "--cohort", tmp_path / "more.parquet"),
        *("--out", tmp_path / "out"),
    )

    assert answer.exit_code == 2
    assert "has 1 rows for which" in answer.stderr
    assert "e.g. row_id 999" in answer.stderr
