"""What changed from one release to the next is told, and nothing else."""

import json
import random
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.pipelines.comparing_releases import compare_two_releases
from analytics.quality.release_measures import measure_release
from analytics.quality.releases import (
    CHANCE_OF_AN_ALARM,
    FEWEST,
    LEAST_DIFFERENCE,
    LEAST_RATIO,
    TOLD,
    compare_releases,
)
from analytics.warehouse import open_cdm

PEOPLE = 300
MACRO = Path(__file__).resolve().parents[3] / "dbt_project" / "macros" / "recording_limits.sql"
ASTHMA, COUGH, FLU, MIGRAINE = 317009, 254761, 4266367, 318736


def release(folder: Path, seed: int, **changed: pl.DataFrame) -> Path:
    """300 people with about five conditions each; `changed` tables stand in place of their own."""
    folder.mkdir()
    for name, frame in (tables(seed) | changed).items():
        frame.write_parquet(folder / f"{name}.parquet")
    return folder


def tables(seed: int) -> dict[str, pl.DataFrame]:
    chance = random.Random(seed)
    people = pl.DataFrame({"person_id": range(1, PEOPLE + 1)}).with_columns(
        gender_concept_id=8532, year_of_birth=1950, race_concept_id=0, ethnicity_concept_id=0
    )
    conditions = [
        (person, concept, date(2020, 1, 1) + timedelta(days=chance.randrange(700)))
        for person in range(1, PEOPLE + 1)
        for concept in (ASTHMA, COUGH, FLU)
        for _ in range(chance.randrange(4))
    ]
    columns = ["person_id", "condition_concept_id", "condition_start_date"]
    frame = pl.DataFrame(conditions, schema=columns, orient="row")
    return {"person": people, "condition_occurrence": numbered(frame)}


def numbered(conditions: pl.DataFrame) -> pl.DataFrame:
    return conditions.with_columns(
        condition_occurrence_id=pl.int_range(1, pl.len() + 1), condition_type_concept_id=32817
    )


def told(before: Path, now: Path) -> set[tuple[str, str, str, str]]:
    contracts = load_contracts("omop_cdm")
    compared = compare_releases(*(measure_release(open_cdm(at), contracts) for at in (before, now)))
    rows = compared.filter(pl.col("verdict").is_in(TOLD))
    return set(rows.select("table_name", "about", "measure", "verdict").rows())


def test_the_numbers_are_those_of_counting_by_hand(tmp_path: Path):
    folder = release(tmp_path / "cdm", 1)
    conditions = tables(1)["condition_occurrence"]
    measured = measure_release(open_cdm(folder), load_contracts("omop_cdm"))

    of = {
        (row["table_name"], row["about"], row["measure"]): row
        for row in measured.iter_rows(named=True)
    }
    asthma = conditions.filter(condition_concept_id=ASTHMA)
    row = of["condition_occurrence", str(ASTHMA), "records of the concept a person"]
    by_person = asthma.group_by("person_id").len()["len"]
    assert (row["looked_at"], row["recorded"]) == (PEOPLE, asthma.height)
    assert row["squares"] == (by_person**2).sum()
    assert of["person", "race_concept_id", "share with concept 0"]["recorded"] == PEOPLE
    assert of["person", "year_of_birth", "share without a value"]["recorded"] == 0


def test_another_draw_of_the_same_people_is_like_before(tmp_path: Path):
    assert told(release(tmp_path / "one", 1), release(tmp_path / "two", 2)) == set()


def test_what_was_planted_is_told(tmp_path: Path):
    conditions = tables(2)["condition_occurrence"]
    concept = pl.col("condition_concept_id")
    changed = conditions.filter(
        # Four in ten of the asthma are lost, all of the cough is coded anew.
        (concept != ASTHMA) | (pl.col("condition_occurrence_id") % 10 >= 4)
    ).with_columns(
        pl.when(concept == COUGH)
        .then(MIGRAINE)
        .otherwise(concept)
        .alias(concept.meta.output_name())
    )
    people = tables(2)["person"].with_columns(
        year_of_birth=pl.when(pl.col("person_id") % 5 == 0).then(None).otherwise("year_of_birth"),
        race_concept_id=8527,
    )
    before = release(tmp_path / "one", 1)
    now = release(tmp_path / "two", 2, condition_occurrence=changed, person=people)
    of_concept = "records of the concept a person"

    assert told(before, now) == {
        ("condition_occurrence", str(ASTHMA), of_concept, "jump down"),
        ("condition_occurrence", str(COUGH), of_concept, "gone"),
        ("condition_occurrence", str(MIGRAINE), of_concept, "new"),
        ("person", "year_of_birth", "share without a value", "jump up"),
        ("person", "race_concept_id", "share with concept 0", "jump down"),
    }


def test_a_table_that_is_gone_is_told(tmp_path: Path):
    before, now = release(tmp_path / "one", 1), release(tmp_path / "two", 1)
    (now / "condition_occurrence.parquet").unlink()

    found = {(table, about, verdict) for table, about, _, verdict in told(before, now)}
    assert ("condition_occurrence", "", "gone") in found
    assert {verdict for *_, verdict in found} == {"gone"}


def test_of_few_people_nothing_is_told(tmp_path: Path):
    few = pl.col("person_id") <= 20
    small = [{name: frame.filter(few) for name, frame in tables(seed).items()} for seed in (1, 2)]
    small[1]["condition_occurrence"] = small[1]["condition_occurrence"].head(3)
    before, now = (
        release(tmp_path / str(place), 1, **changed) for place, changed in enumerate(small)
    )

    assert {verdict for *_, verdict in told(before, now)} <= {"gone"}


HBA1C, PERCENT, MMOL_PER_MOL = 3004410, 8554, 9579


def measured(**one: object) -> pl.DataFrame:
    """An HbA1c of 6.5 % of everybody, but for the columns said otherwise."""
    return pl.DataFrame({"person_id": range(1, PEOPLE + 1)}).with_columns(
        *(
            pl.lit(value).alias(name)
            for name, value in {
                "measurement_concept_id": HBA1C,
                "measurement_date": date(2020, 3, 1),
                "unit_concept_id": PERCENT,
                "value_as_number": 6.5,
                **one,
            }.items()
        ),
        measurement_id="person_id",
    )


def observed(days: int) -> pl.DataFrame:
    start = date(2019, 1, 1)
    return pl.DataFrame({"person_id": range(1, PEOPLE + 1)}).with_columns(
        observation_period_id="person_id",
        observation_period_start_date=pl.lit(start),
        observation_period_end_date=pl.lit(start + timedelta(days=days - 1)),
    )


def test_units_values_and_observed_time_that_move_are_told(tmp_path: Path):
    concept = str(HBA1C)
    one = release(tmp_path / "one", 1, measurement=measured(), observation_period=observed(700))
    in_other_unit = measured(unit_concept_id=MMOL_PER_MOL, value_as_number=47.5)
    two = release(tmp_path / "two", 1, measurement=in_other_unit, observation_period=observed(500))
    three = release(tmp_path / "three", 1, measurement=measured(value_as_number=650.0))
    (three / "condition_occurrence.parquet").unlink()
    usual = ("measurement", concept, "share of values that need no conversion", "jump down")
    plausible = ("measurement", concept, "share of values within plausible limits", "jump down")
    days = ("observation_period", "", "observed days a person", "jump down")

    assert told(one, two) == {usual, days}
    assert plausible in told(one, three)
    assert usual not in told(one, three)


def test_people_and_columns_that_are_gone_are_told(tmp_path: Path):
    half = {name: frame.filter(pl.col("person_id") > 150) for name, frame in tables(1).items()}
    half["condition_occurrence"] = half["condition_occurrence"].drop("condition_type_concept_id")
    one, two = release(tmp_path / "one", 1), release(tmp_path / "two", 1, **half)

    assert told(one, two) == {
        ("person", "", "rows", "jump down"),
        ("condition_occurrence", "condition_type_concept_id", "share without a value", "gone"),
    }


def test_the_limits_are_those_of_a_group_and_of_a_year():
    macro = MACRO.read_text()

    assert f"<= {LEAST_RATIO}, false" in macro
    assert f">= {1 / LEAST_RATIO}, true" in macro
    assert f"<= -{LEAST_DIFFERENCE:.2f}" in macro
    assert f">= {LEAST_DIFFERENCE:.2f}" in macro
    assert f"over () / {CHANCE_OF_AN_ALARM})" in macro
    assert f"    {FEWEST}\n" in macro


def test_the_file_is_json_by_its_name_and_no_other_kind(tmp_path: Path):
    before, now = report(tmp_path / "a.json", a="passed"), report(tmp_path / "b.json", a="failed")
    compared = compare_two_releases(before, now, tmp_path / "new" / "out.json")

    (row,) = json.loads(compared.file.read_text())
    assert row["verdict"] == "newly failed"
    with pytest.raises(BadInputError, match=r"out\.xlsx: .* as \.csv or \.json"):
        compare_two_releases(before, now, tmp_path / "out.xlsx")


def report(file: Path, **statuses: str) -> Path:
    checks = [
        {"check_id": name, "status": status, "num_violated_rows": 1, "pct_violated": 0.5}
        for name, status in statuses.items()
    ]
    file.write_text(json.dumps({"checks": checks}))
    return file


def test_two_reports_tell_which_checks_newly_fail(tmp_path: Path):
    before = report(tmp_path / "a.json", a="passed", b="failed", c="failed", d="passed", e="passed")
    now = report(tmp_path / "b.json", a="failed", b="passed", c="failed", d="error", f="failed")

    compared = compare_two_releases(before, now, tmp_path / "out.csv")

    assert dict(compared.told.select("check_id", "verdict").rows()) == {
        "a": "newly failed",
        "b": "no longer fails",
        "d": "newly in error",
        "e": "no longer asked",
        "f": "newly failed",
    }
    assert pl.read_csv(compared.file).height == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [("{", "is no report of checks"), ('{"checks": [{"check_id": "a"}]}', "is no report")],
)
def test_what_is_no_report_is_refused(tmp_path: Path, text: str, said: str):
    good, bad = report(tmp_path / "a.json", a="passed"), tmp_path / "b.json"
    bad.write_text(text)
    with pytest.raises(BadInputError, match=said):
        compare_two_releases(good, bad, tmp_path / "out.csv")


def test_a_cdm_beside_a_report_is_refused(tmp_path: Path):
    good = report(tmp_path / "a.json", a="passed")
    with pytest.raises(BadInputError, match="one is a report and the other a CDM"):
        compare_two_releases(release(tmp_path / "cdm", 1), good, tmp_path / "out.csv")


def test_a_report_that_is_not_there_is_named(tmp_path: Path):
    good = report(tmp_path / "a.json", a="passed")
    with pytest.raises(BadInputError, match=r"missing\.json does not exist"):
        compare_two_releases(good, tmp_path / "missing.json", tmp_path / "out.csv")
