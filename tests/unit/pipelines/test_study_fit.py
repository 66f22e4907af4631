"""A study stops at what it uses, names whom it concerns, and goes on where somebody signed."""

import polars as pl
import pytest

from analytics.errors import BadInputError, ContractBreachError
from analytics.pipelines import study_fit, touched_studies
from analytics.pipelines.study_fit import check_fit, waived
from analytics.pipelines.study_uses import list_parts
from analytics.studies import load_study
from analytics.warehouse import Workspace
from analytics.warehouse.dbt_graph import DbtNode

STUDY = load_study("readmission_30d")
BUILT_ERAS = load_study("diabetes_treatment")
PATHWAYS = BUILT_ERAS.model_copy(update={"drug_eras": "cdm"})
ENDS_EARLY = "field_plausiblestartbeforeend_visit_occurrence_visit_start_date"
SPECIMEN = "field_plausibleafterbirth_specimen_specimen_date"
WAIVER = f"""
waivers:
  - check: {ENDS_EARLY}
    study: readmission_30d
    signed_by: "A. Person, data steward"
    date: 2026-11-22
    until: 2999-12-31
    reason: "Ends of visits are days of billing."
"""


def source(table):
    return DbtNode(
        unique_id=f"source.catchment.omop.{table}", name=table, kind="source", path="", parents=()
    )


def staging(table):
    return DbtNode(
        unique_id=f"model.catchment.stg_omop__{table}",
        name=f"stg_omop__{table}",
        kind="model",
        path=f"models/staging/stg_omop__{table}.sql",
        parents=(f"source.catchment.omop.{table}",),
        words=frozenset({"every", "column", "preceding_visit_occurrence_id"}),
    )


def model(name, *parents, words=""):
    return DbtNode(
        unique_id=f"model.catchment.{name}",
        name=name,
        kind="model",
        path=f"models/cohorts/{name}.sql",
        parents=tuple(f"model.catchment.{parent}" for parent in parents),
        words=frozenset(words.split()),
    )


OTHER_DOMAINS = {
    "condition": "condition_occurrence",
    "procedure": "procedure_occurrence",
    "measurement": "measurement",
    "observation": "observation",
    "device": "device_exposure",
}
TABLES = (
    *("person", "observation_period", "visit_occurrence", "death", "drug_exposure", "drug_era"),
    *OTHER_DOMAINS.values(),
)
OF_A_VISIT = "visit_start_date visit_end_date visit_concept_id"
GRAPH = {
    one.unique_id: one
    for one in (
        *(source(table) for table in TABLES),
        *(staging(table) for table in TABLES),
        model("person", "stg_omop__person", words="year_of_birth gender_concept_id"),
        model("observation_period", "stg_omop__observation_period"),
        model("criteria", "stg_omop__visit_occurrence", words=f"{OF_A_VISIT} hospital"),
        model("cohort__inpatient_admission", "criteria", words="start_date"),
        model(
            "cohort__inpatient_discharge",
            *("cohort__inpatient_admission", "stg_omop__visit_occurrence", "stg_omop__death"),
            words="discharged_to_concept_id death_date",
        ),
        model("cohort__type_2_diabetes", "stg_omop__condition_occurrence"),
        *(model(f"{name}_event", f"stg_omop__{table}") for name, table in OTHER_DOMAINS.items()),
        model("visit_event", "stg_omop__visit_occurrence", words=OF_A_VISIT),
        model("drug_event", "stg_omop__drug_exposure", words="drug_exposure_start_date"),
        model("drug_era", "stg_omop__drug_era", words="drug_era_start_date"),
        model("built_drug_era", "stg_omop__drug_exposure", words="days_supply"),
    )
}


def past_limit(
    check_id,
    table,
    column,
    *,
    concept_ids=(),
    n_rows=100,
    limit=0.5,
    share=0.9,
    people=(40, 25, 20),
):
    """One row for a check of which that share of the rows breaks it."""
    n_people, n_people_violated, n_people_kept = people
    return pl.DataFrame(
        {
            "check_id": [check_id],
            "table_name": [table],
            "column_name": [column],
            "place": [f"{table}.{column}"],
            "rule": ["No row is wrong."],
            "n_violated": [round(share * n_rows)],
            "n_rows": [n_rows],
            "share": [share],
            "limit_share": [limit],
            "status": ["failed"],
            "is_past_limit": [limit is not None and share > limit],
            "n_people": [n_people],
            "n_people_violated": [n_people_violated],
            "n_people_kept": [n_people_kept],
            "concept_ids": [list(concept_ids)],
        },
        schema_overrides={"concept_ids": pl.List(pl.Int64), "limit_share": pl.Float64},
    )


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A workspace whose concept set `hospital` holds concept 9201; its CDM has drug eras."""
    monkeypatch.setattr(study_fit, "read_graph", lambda place: GRAPH)
    made_from = {
        "data_quality": {"quality_check"},
        "risk_list": {"prediction"},
        "treatment_pathway": {"pathway_step"},
    }
    monkeypatch.setattr(study_fit, "results_of_marts", lambda place: made_from)
    place = Workspace(root=tmp_path)
    place.landed.mkdir(parents=True)
    members = {"concept_set": ["hospital", "nobody_asks"], "concept_id": [9201, 26662]}
    pl.DataFrame(members).write_parquet(place.landed / "concept_set_member.parquet")
    pl.DataFrame({"person_id": [1]}).write_parquet(place.landed / "drug_era.parquet")
    return place


def found(place, *checks):
    """Leave the checks where a build leaves them."""
    folder = place.root / "quality"
    folder.mkdir(exist_ok=True)
    pl.concat(checks).write_parquet(folder / study_fit.FIT_CHECKS)


def ends_early():
    return past_limit(ENDS_EARLY, "visit_occurrence", "visit_start_date")


def used_by(study, table, column=None, **others):
    parts = list_parts(study, GRAPH, **others)
    return {(part.kind, part.name) for part in parts if part.uses(table, column)}


def test_a_study_uses_the_fields_that_its_cohorts_and_covariates_name():
    both = {("cohorts", "inpatient_discharge"), ("cohorts", "inpatient_admission")}

    assert used_by(STUDY, "visit_occurrence", "visit_end_date") == {*both, ("covariates", "visit")}
    assert used_by(STUDY, "visit_occurrence", "discharged_to_concept_id") == {
        ("cohorts", "inpatient_discharge")
    }
    assert used_by(STUDY, "visit_occurrence", "person_id") == {*both, ("covariates", "visit")}
    assert used_by(STUDY, "death") == {("cohorts", "inpatient_discharge")}
    assert used_by(STUDY, "person", "year_of_birth") == {("people", "person")}


def test_a_field_or_table_that_none_of_its_models_names_is_not_used():
    assert not used_by(STUDY, "visit_occurrence", "preceding_visit_occurrence_id")
    assert not used_by(STUDY, "specimen")


def test_pathways_use_the_eras_that_they_are_made_of():
    events = {("events", event.event) for event in PATHWAYS.events}

    assert used_by(PATHWAYS, "drug_era") == events
    assert not used_by(PATHWAYS, "drug_exposure")
    assert used_by(PATHWAYS, "drug_exposure", has_drug_eras=False) == events
    assert used_by(BUILT_ERAS, "drug_exposure", "days_supply") == events
    assert not used_by(BUILT_ERAS, "drug_era")


def test_a_study_stops_at_what_it_uses_and_says_whom_it_concerns(place):
    elsewhere = past_limit(SPECIMEN, "specimen", "specimen_date")
    found(place, ends_early(), elsewhere)

    with pytest.raises(ContractBreachError) as stopped:
        check_fit(STUDY, place)

    said = str(stopped.value)
    assert said.count("No row is wrong") == 1
    assert '.visit_start_date: about 88 of 99 rows (88.9 %) break "No row is wrong."' in said
    assert "cohorts: inpatient_discharge, inpatient_admission" in said
    assert "covariates: visit" in said
    assert "models: xgboost, logistic_l1, age_and_sex" in said
    assert "marts: risk_list\n" in said
    assert f"sign a waiver for '{ENDS_EARLY}' in {place.root / 'waivers.yaml'}" in said


@pytest.mark.parametrize(
    "elsewhere",
    [
        past_limit(SPECIMEN, "specimen", "specimen_date"),
        past_limit("field_x", "visit_occurrence", "preceding_visit_occurrence_id"),
        past_limit("field_x", "visit_occurrence", "visit_start_date", share=0.5),
        past_limit("field_x", "visit_occurrence", "visit_start_date", limit=None),
        past_limit("field_x", "drug_era", "drug_era_start_date"),
    ],
    ids=["another table", "another field", "on the limit", "no limit", "only pathways use it"],
)
def test_it_goes_on_where_the_breach_is_elsewhere(place, elsewhere):
    found(place, elsewhere)

    check_fit(STUDY, place)


def test_a_pathway_study_stops_at_its_events_and_says_which(place):
    found(place, past_limit("field_x", "drug_era", "drug_era_start_date"))

    with pytest.raises(ContractBreachError) as stopped:
        check_fit(PATHWAYS, place)

    said = str(stopped.value)
    assert f"events: {', '.join(event.event for event in PATHWAYS.events)}" in said
    assert "marts: treatment_pathway\n" in said
    assert "models:" not in said


def test_a_signed_waiver_lets_it_go_on_and_is_told(place):
    found(place, ends_early())
    (place.root / "waivers.yaml").write_text(WAIVER)

    check_fit(STUDY, place)

    assert waived(STUDY, place) == (
        f"{ENDS_EARLY} is past its limit. Waived by A. Person, data steward on 2026-11-22 "
        "until 2999-12-31: Ends of visits are days of billing.",
    )


def test_a_waiver_that_has_expired_does_not_count_and_the_message_says_since_when(place):
    found(place, ends_early())
    first = WAIVER.replace("2026-11-22", "2020-01-15").replace("2999-12-31", "2020-03-31")
    later = first.replace("2020-03-31", "2021-03-31").replace("waivers:\n", "")
    (place.root / "waivers.yaml").write_text(first + later)

    with pytest.raises(ContractBreachError) as stopped:
        check_fit(STUDY, place)

    assert "waiver of A. Person, data steward of 2020-01-15 expired on 2021-03-31" in str(
        stopped.value
    )
    assert waived(STUDY, place) == ()

    (place.root / "waivers.yaml").write_text(first + WAIVER.replace("waivers:\n", ""))
    check_fit(STUDY, place)
    assert len(waived(STUDY, place)) == 1


def test_what_another_version_wrote_lets_nothing_run(place):
    found(place, ends_early().drop("is_past_limit"))

    with pytest.raises(BadInputError, match="nobody knows whether the data are fit"):
        check_fit(STUDY, place)


def test_where_dbt_does_not_know_what_the_study_is_made_of_nothing_runs(place, monkeypatch):
    known = {name: node for name, node in GRAPH.items() if node.name != "visit_event"}
    monkeypatch.setattr(study_fit, "read_graph", lambda place: known)
    found(place, ends_early())

    with pytest.raises(BadInputError, match=r"knows no model 'visit_event'.*Build again"):
        check_fit(STUDY, place)


def test_a_waiver_for_another_study_or_check_changes_nothing(place):
    found(place, ends_early(), past_limit(SPECIMEN, "specimen", "specimen_date"))
    for old, new in (("readmission_30d", "diabetes_onset_1y"), (ENDS_EARLY, SPECIMEN)):
        (place.root / "waivers.yaml").write_text(WAIVER.replace(old, new))
        with pytest.raises(
            ContractBreachError, match="visit_start_date: about 88 of 99 rows"
        ) as stop:
            check_fit(STUDY, place)
        of_another = "A waiver is signed for diabetes_onset_1y, not for this study."
        assert (of_another in str(stop.value)) == (new == "diabetes_onset_1y")


def test_a_waiver_of_an_unknown_check_is_refused_with_the_near_miss(place):
    found(place, ends_early())
    (place.root / "waivers.yaml").write_text(WAIVER.replace("_start_date", "_start_dat"))

    with pytest.raises(BadInputError, match=f"Did you mean '{ENDS_EARLY}'"):
        check_fit(STUDY, place)


def test_where_nobody_knows_what_the_data_are_like_nothing_runs(place):
    with pytest.raises(BadInputError, match="nobody knows whether the data are fit"):
        check_fit(STUDY, place)


@pytest.mark.parametrize(
    ("concept_id", "column", "n_rows", "who"),
    [
        (9201, "visit_concept_id", 5, "cohorts: inpatient_discharge, inpatient_admission"),
        (26662, "visit_concept_id", 10, "covariates: visit"),
        (26662, "visit_concept_id", 9, None),
        (9201, "discharged_to_concept_id", 100, "cohorts: inpatient_discharge"),
        (26662, "discharged_to_concept_id", 100, None),
    ],
)
def test_a_check_of_a_concept_stops_only_who_uses_the_concept(
    place, concept_id, column, n_rows, who
):
    assert STUDY.covariates.min_people_per_covariate == 10
    checked = past_limit(
        "concept_x", "visit_occurrence", column, concept_ids=[concept_id], n_rows=n_rows
    )
    found(place, checked)

    if who is None:
        check_fit(STUDY, place)
        return
    with pytest.raises(ContractBreachError, match=who):
        check_fit(STUDY, place)


@pytest.mark.parametrize("people", [(30, 4, 30), (30, 30, 4), (30, 26, 12), (1, 1, 1)])
def test_of_few_people_no_number_is_told(place, people):
    found(
        place,
        past_limit(ENDS_EARLY, "visit_occurrence", "visit_start_date", people=people),
    )

    with pytest.raises(ContractBreachError, match="too many rows") as stopped:
        check_fit(STUDY, place)

    assert "(some are of fewer than 11 people)" in str(stopped.value)
    assert "90" not in str(stopped.value)


@pytest.mark.parametrize(("share", "is_told"), [(0.9, False), (0.89, True), (1.0, True)])
def test_rows_that_name_nobody_may_each_be_somebodys(place, share, is_told):
    nobody = (None, None, None)
    checked = past_limit(
        ENDS_EARLY, "visit_occurrence", "visit_start_date", share=share, people=nobody
    ).cast({name: pl.Int64 for name in ("n_people", "n_people_violated", "n_people_kept")})
    found(place, checked)

    with pytest.raises(ContractBreachError) as stopped:
        check_fit(STUDY, place)

    assert ("of 99 rows" in str(stopped.value)) is is_told


def test_each_check_is_told_with_the_shipped_studies_that_use_its_field(place, monkeypatch):
    monkeypatch.setattr(touched_studies, "read_graph", lambda place: GRAPH)
    checks = pl.DataFrame(
        {
            "table_name": ["drug_exposure", "visit_occurrence", "visit_occurrence", "death"],
            "column_name": ["days_supply", "discharge_to_concept_id", "x", None],
        }
    )

    told = touched_studies.with_studies(checks, place)

    # The second column goes by its name in CDM 5.3.
    assert told["studies"].to_list() == [
        "diabetes_treatment",
        "readmission_30d",
        "",
        "readmission_30d",
    ]
