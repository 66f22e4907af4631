"""Odd CDMs, and a Great Expectations that says nothing: what a run of checks makes of it."""

from collections import Counter
from datetime import date

import duckdb
import pytest

from analytics.contracts import load_contracts
from analytics.errors import BadInputError
from analytics.quality import asking
from analytics.quality.kept_answers import KeptAnswers
from analytics.quality.run_checks import query_for_rows, run_checks
from analytics.settings import Settings
from analytics.warehouse import open_cdm

TODAY = date(2026, 11, 22)
CONTRACTS = load_contracts("omop_cdm", only_landed=False)
PERSON = """
    select person_id, gender_concept_id, year_of_birth, null::bigint as race_concept_id,
        timestamp '1950-01-01' as birth_datetime, location_id
    from (values (1, 8507, 1950, 1.0), (-9007199254740993, 8532, 1960, 2.5))
    as t(person_id, gender_concept_id, year_of_birth, location_id)
"""
CONDITIONS = """
    select 1 as condition_occurrence_id, 1 as person_id, 26662 as condition_concept_id,
        'no day' as condition_start_date, 'x' as visit_occurrence_id
"""


def write(folder, **queries):
    for name, query in queries.items():
        duckdb.sql(f"copy ({query}) to '{folder / name}.parquet' (format parquet)")
    return open_cdm(folder)


@pytest.fixture(scope="module")
def cdm(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cdm")
    return write(folder, person=PERSON, condition_occurrence=CONDITIONS)


def run(cdm, reading, *only):
    return run_checks(
        cdm,
        today=TODAY,
        reading=reading,
        only=only,
        contracts=CONTRACTS,
        settings=Settings(memory_gib=1.0, threads=1),
    )


def by_id(ran):
    return {one.check.check_id: one for one in ran.results}


@pytest.fixture(scope="module")
def ours(cdm):
    """In our reading, with the defects of the other mended."""
    return run(cdm, "catchment", "person", "condition_occurrence")


@pytest.fixture(scope="module")
def theirs(cdm):
    return run(cdm, "dqd", "person", "condition_occurrence")


def test_an_empty_suite_empties_the_report(cdm, monkeypatch):
    monkeypatch.setattr(asking, "list_expectations", lambda questions: [])

    assert run(cdm, "catchment", "person").results == ()


def test_an_expectation_less_is_a_result_less(cdm, monkeypatch):
    made = asking.list_expectations
    monkeypatch.setattr(asking, "list_expectations", lambda questions: made(questions)[1:])

    remaining = by_id(run(cdm, "dqd", "person"))

    assert "table_cdmtable_person" not in remaining
    assert "field_cdmfield_person_person_id" in remaining


def test_a_value_that_fails_its_question_is_an_error_of_that_check_alone(ours):
    ran, day = by_id(ours), "condition_occurrence_condition_start_date"

    assert ran[f"field_plausiblevaluelow_{day}"].status == "error"
    assert "Conversion Error" in ran[f"field_plausiblevaluelow_{day}"].error
    assert "no day" not in str(ours)  # a value of the data stands in no report
    assert ran[f"field_plausiblevaluelow_{day}"].num_violated_rows is None
    assert ran[f"field_isrequired_{day}"].status == "passed"
    assert ran["field_isprimarykey_condition_occurrence_condition_occurrence_id"].status == "passed"


def test_text_in_an_integers_place_is_counted_here_and_an_error_there(ours, theirs):
    check_id = "field_cdmdatatype_condition_occurrence_visit_occurrence_id"
    mine, other = by_id(ours)[check_id], by_id(theirs)[check_id]

    assert (mine.status, mine.num_violated_rows) == ("failed", 1)
    assert (other.status, other.num_violated_rows) == ("error", None)


def test_a_negative_or_64_bit_id_is_an_integer_here_and_none_there(ours, theirs):
    check_id = "field_cdmdatatype_person_person_id"
    mine, other = by_id(ours)[check_id], by_id(theirs)[check_id]

    assert (mine.status, mine.num_violated_rows) == ("passed", 0)
    assert (other.status, other.num_violated_rows) == ("failed", 1)


def test_a_whole_number_is_an_integer_here_even_as_a_fraction(ours, theirs):
    check_id = "field_cdmdatatype_person_location_id"

    assert by_id(ours)[check_id].num_violated_rows == 1
    assert by_id(theirs)[check_id].num_violated_rows == 2


def test_a_required_column_that_is_all_null_fails_here_and_is_not_applicable_there(ours, theirs):
    check_id = "field_isrequired_person_race_concept_id"
    mine, other = by_id(ours)[check_id], by_id(theirs)[check_id]

    assert (mine.status, mine.num_violated_rows, mine.num_denominator_rows) == ("failed", 2, 2)
    assert other.status == "not_applicable"


def test_a_missing_column_is_said_once_for_each_check_and_takes_no_other_with_it(theirs):
    results = by_id(theirs)

    assert max(Counter(one.check.check_id for one in theirs.results).values()) == 1
    assert results["field_cdmfield_person_ethnicity_concept_id"].status == "failed"
    assert results["field_isrequired_person_ethnicity_concept_id"].status == "not_applicable"
    assert results["field_isrequired_person_year_of_birth"].status == "passed"


def test_a_missing_vocabulary_is_said_once(ours, theirs):
    without = [one for one in ours.with_status("not_checked") if "concept" in one.reason]
    also = {one.check.check_id: one.status for one in theirs.results}

    assert len(without) > 5
    (said,) = [note for note in ours.notes if "vocabulary" in note]
    assert said == f"The CDM has no vocabulary. {len(without)} checks were not made."
    assert {also[one.check.check_id] for one in without} == {"error"}
    assert theirs.notes == ()


def test_tables_that_only_their_own_check_speaks_of_are_named_together(cdm):
    few = [f"table_cdmtable_{name}" for name in ("death", "note", "specimen")]

    assert run(cdm, "catchment", *few).notes == (
        "The CDM has no table death, note or specimen. 3 checks were not made.",
    )
    assert run(cdm, "catchment", *few[:1]).notes == (
        "The CDM has no table death. 1 check was not made.",
    )


def test_a_cdm_without_rows_is_answered_without_a_crash(tmp_path):
    empty = write(tmp_path, person=f"select * from ({PERSON}) where false")

    ran = run(empty, "catchment", "person")

    assert ran.counts["not_applicable"] > 50
    assert {one.check.name for one in ran.with_status("passed")} == {"cdmTable", "cdmField"}
    assert {one.check.name for one in ran.with_status("failed")} == {"cdmField"}
    assert set(ran.counts) == {"passed", "failed", "not_applicable"}


def test_an_unknown_name_is_refused_with_the_near_miss(cdm):
    with pytest.raises(BadInputError, match=r"'persn' is no table .* Did you mean 'person'"):
        run(cdm, "catchment", "persn")
    with pytest.raises(BadInputError, match="no id of a check"):
        query_for_rows(cdm, "field_isrequired_person_year", today=TODAY, contracts=CONTRACTS)


def test_csv_is_read_in_the_types_of_the_contract_where_every_value_fits(tmp_path):
    (tmp_path / "person.csv").write_text(
        "PERSON_ID,year_of_birth,month_of_birth,race_concept_id\n1,1950,13,\n2,1850,1,x\n"
    )

    ran = by_id(run(open_cdm(tmp_path), "dqd", "plausibleValueHigh", "cdmDatatype"))

    assert ran["field_plausiblevaluehigh_person_month_of_birth"].num_violated_rows == 1
    assert ran["field_cdmdatatype_person_person_id"].status == "passed"
    assert ran["field_cdmdatatype_person_race_concept_id"].status == "error"


@pytest.mark.parametrize("who", [1, 2])
def test_who_has_no_birth_makes_an_error_there_and_breaks_nothing_here(tmp_path, who):
    # OHDSI puts the date together from a year that is null, and DuckDB cannot read it: not even
    # that of person 2, who has no era, because the date is a condition of the join.
    cdm = write(
        tmp_path,
        person=f"select i as person_id, case when i <> {who} then 1950 end as year_of_birth, "
        "null::integer as month_of_birth, null::integer as day_of_birth, "
        "null::timestamp as birth_datetime from range(4) as t(i)",
        condition_era="select unnest([0, 1, 3]) as person_id, "
        "date '2000-01-01' as condition_era_start_date from range(100)",
    )
    check_id = "field_plausibleafterbirth_condition_era_condition_era_start_date"

    mine, other = (by_id(run(cdm, one, check_id))[check_id] for one in ("catchment", "dqd"))

    assert (mine.status, mine.num_violated_rows) == ("passed", 0)
    assert other.status == "error"


def test_a_person_without_an_id_lacks_nothing_and_a_table_without_people_is_not_full(tmp_path):
    cdm = write(
        tmp_path,
        person="select unnest([1, 2, null]) as person_id",
        drug_era="select 1 as person_id",
        condition_era="select 1 as condition_era_id",
    )
    drugs, conditions = (
        f"table_measurepersoncompleteness_{name}" for name in ("drug_era", "condition_era")
    )

    mine, other = (by_id(run(cdm, one, drugs, conditions)) for one in ("catchment", "dqd"))

    for results in (mine, other):
        counted = results[drugs]
        assert (counted.num_violated_rows, counted.num_denominator_rows) == (1, 3)
    assert (mine[conditions].status, other[conditions].status) == ("not_checked", "error")
    assert mine[conditions].reason == "The CDM has no column condition_era.person_id."


def test_a_run_that_was_killed_goes_on_where_it_was(cdm, tmp_path, monkeypatch):
    kept = tmp_path / "answers"
    asked = []
    batch = asking._batch

    def at_work(source, database, table):
        asked.append(table)
        if table == dying_at:
            raise KeyboardInterrupt
        return batch(source, database, table)

    monkeypatch.setattr(asking, "_batch", at_work)
    tables = ["person", "observation_period", "visit_occurrence", "death", "drug_era", "specimen"]
    only = [f"table_cdmtable_{name}" for name in tables]
    wanted = {"today": TODAY, "only": only, "contracts": CONTRACTS, "keep_in": kept}
    dying_at = "observation_period"
    with pytest.raises(KeyboardInterrupt):
        run_checks(cdm, **wanted)
    done = asked[:-1]
    kept.write_text(kept.read_text() + '{"table": "dea')
    asked.clear()
    dying_at = None

    resumed = run_checks(cdm, **wanted)

    assert len(done) > 1
    assert not set(asked) & set(done)
    assert "observation_period" in asked
    assert resumed.results == run(cdm, "catchment", *only).results
    assert not kept.exists()


def test_answers_about_another_cdm_are_not_taken(cdm, tmp_path):
    kept = tmp_path / "answers"
    kept.write_text('{"about": "something else"}\n{"table": "person", "answers": {}}\n')

    ran = run_checks(
        cdm, today=TODAY, only=["table_cdmtable_person"], contracts=CONTRACTS, keep_in=kept
    )

    assert [one.check.check_id for one in ran.results] == ["table_cdmtable_person"]


def test_answers_about_a_sample_are_not_taken_for_the_whole(cdm, tmp_path, monkeypatch):
    check_id = "field_isrequired_person_person_id"
    wanted = {"today": TODAY, "only": [check_id], "contracts": CONTRACTS}
    wanted["keep_in"] = tmp_path / "answers"

    with monkeypatch.context() as killed:
        killed.setattr(KeptAnswers, "forget", lambda kept: None)
        sampled = by_id(run_checks(cdm, **wanted, sample=1e-6))
    whole = by_id(run_checks(cdm, **wanted))

    assert sampled[check_id].num_denominator_rows == 0
    assert whole[check_id].num_denominator_rows == 2


DAYS = (
    *("withinVisitDates", "plausibleBeforeDeath", "plausibleDuringLife", "plausibleAfterBirth"),
    "measureObservationPeriodOverlap",
)


def test_a_text_that_is_a_day_is_asked_as_a_day(tmp_path):
    cdm = write(
        tmp_path,
        person="select 1 as person_id, 1950 as year_of_birth, 1 as month_of_birth, "
        "1 as day_of_birth, null::timestamp as birth_datetime",
        death="select 1 as person_id, '2020-03-01' as death_date",
        observation_period="select unnest([1, 2]) as observation_period_id, 1 as person_id, "
        "'2020-01-01' as observation_period_start_date, "
        "'2020-06-30' as observation_period_end_date",
        visit_occurrence="select 1 as visit_occurrence_id, 1 as person_id, "
        "'2020-03-25' as visit_start_date, '2020-04-25' as visit_end_date",
        condition_occurrence="select 1 as person_id, 1 as visit_occurrence_id, "
        "unnest(['2020-03-17', '2020-03-18', '2020-05-02', '2020-05-03']) as condition_start_date",
    )

    ours = run(cdm, "catchment", *DAYS)

    assert ours.with_status("error") == ()
    found = by_id(ours)
    day = "condition_occurrence_condition_start_date"
    assert found[f"field_withinvisitdates_{day}"].num_violated_rows == 2
    assert found[f"field_plausiblebeforedeath_{day}"].num_violated_rows == 2
    overlap = found["table_measureobservationperiodoverlap_observation_period"]
    assert overlap.num_violated_rows == 1


def test_a_start_that_is_no_day_is_not_read_where_there_is_no_end(tmp_path):
    begun = "select unnest(['20200101', '2020-01-02']) as valid_start_date"
    cdm = write(tmp_path, drug_strength=f"{begun}, null::date as valid_end_date")
    check_id = "field_plausiblestartbeforeend_drug_strength_valid_start_date"

    for reading, status in (("dqd", "passed"), ("catchment", "passed")):
        found = by_id(run(cdm, reading, check_id))[check_id]
        counts = (found.num_violated_rows, found.num_denominator_rows)
        assert (found.status, *counts) == (status, 0, 0), reading


def test_the_sql_behind_a_check_of_csv_runs_by_itself(tmp_path):
    tables = {
        "death": "select 1 as person_id, date '2000-03-01' as death_date",
        "visit_occurrence": "select 1 as visit_occurrence_id, 1 as person_id, "
        "date '2020-01-01' as visit_start_date, date '2020-01-02' as visit_end_date",
        "condition_occurrence": "select 1 as person_id, 1 as visit_occurrence_id, "
        "date '2020-03-01' as condition_start_date",
    }
    for name, query in tables.items():
        duckdb.sql(f"copy ({query}) to '{tmp_path / name}.csv' (header)")
    cdm = open_cdm(tmp_path)

    for kind in ("withinvisitdates", "plausiblebeforedeath"):
        check_id = f"field_{kind}_condition_occurrence_condition_start_date"
        query = query_for_rows(cdm, check_id, today=TODAY, contracts=CONTRACTS)
        with duckdb.connect() as connection:
            assert connection.execute(query).fetchall() == [(1, 1, date(2020, 3, 1))], kind


def test_a_sample_is_of_people_the_same_in_every_table(tmp_path):
    cdm = write(
        tmp_path,
        person="select i as person_id from range(1000) as t(i)",
        condition_era="select i // 2 as person_id from range(2002) as t(i)",
    )
    checks = ["field_isforeignkey_condition_era_person_id", "field_isrequired_person_person_id"]

    ran = by_id(run_checks(cdm, today=TODAY, only=checks, contracts=CONTRACTS, sample=0.1))

    eras, people = (ran[check_id] for check_id in checks)
    assert 60 < people.num_denominator_rows < 140
    assert eras.num_denominator_rows in (
        2 * people.num_denominator_rows,
        2 * people.num_denominator_rows + 2,
    )
    assert eras.num_violated_rows in (0, 2)
    with pytest.raises(BadInputError, match="--sample 2 is no share"):
        run_checks(cdm, today=TODAY, sample=2, contracts=CONTRACTS)


def test_a_second_death_and_a_second_ancestor_count_once_here_and_twice_there(tmp_path):
    cdm = write(
        tmp_path,
        person="select 1 as person_id, 8532 as gender_concept_id",
        death="select 1 as person_id, unnest([date '2000-01-01', date '2001-01-01']) as death_date",
        condition_occurrence="select 1 as person_id, 5 as condition_concept_id, "
        "date '2010-01-01' as condition_start_date",
        concept_ancestor="select unnest([4090861, 4025213]) as ancestor_concept_id, "
        "5 as descendant_concept_id",
    )
    day = "condition_occurrence_condition_start_date"
    checks = [
        f"field_plausiblebeforedeath_{day}",
        f"field_plausibleduringlife_{day}",
        "concept_plausiblegenderusedescendants_condition_occurrence_condition_concept_id_"
        "4090861,4025213",
    ]

    mine, other = (by_id(run(cdm, one, *checks)) for one in ("catchment", "dqd"))

    def counts(results):
        return [
            (results[one].num_violated_rows, results[one].num_denominator_rows) for one in checks
        ]

    assert counts(mine) == [(1, 1), (1, 1), (1, 1)]
    assert counts(other) == [(2, 2), (2, 1), (2, 2)]
