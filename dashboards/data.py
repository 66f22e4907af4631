"""One function for each mart: reads what was published, and nothing else.

What was read is kept until the pointer names another run. The people file is opened only by
`risk_list`, and never where the dashboard serves aggregates only. Where there is nothing to
show, `NothingToShow` says why, in a sentence for the screen.
"""

import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import duckdb
import polars as pl
import streamlit as st

from analytics.exports import LogCheck, read_log, verify_log
from analytics.settings import current_settings
from analytics.warehouse import Workspace, published_folder
from analytics.warehouse.publishing import AGGREGATES, PEOPLE, POINTER
from dashboards.choosing import main_model, of_model
from dashboards.palette import OTHERS
from dashboards.serve import Served, read_arguments


class NothingToShow(Exception):  # noqa: N818 - a state of a page, not an error
    """There is nothing to show, and this is why: a sentence for the screen.

    `study` is set where a study has results and all of them are withheld.
    """

    def __init__(self, sentence: str, *, study: str | None = None) -> None:
        super().__init__(sentence)
        self.study = study


def served() -> Served:
    """What this dashboard serves, from its command line."""
    return read_arguments(sys.argv[1:])


def studies(mart: str) -> list[str]:
    """The studies that have rows in a mart, by name."""
    return sorted({name for name in _whole(mart)["study"].to_list() if name})


def study_attrition(study: str) -> pl.DataFrame:
    """One row for each rule of the study, in the order it was applied."""
    return _of_study("study_attrition", study).sort("step_number")


def cohort_attrition(cohort: str) -> pl.DataFrame:
    """One row for each rule of a cohort's definition, in order."""
    rows = _whole("cohort_attrition").filter(pl.col("cohort_name") == cohort)
    return _something(rows, f"Nothing was published about the cohort {cohort}.").sort("rule_number")


def cohort_attrition_by_group(cohort: str, attribute: str) -> pl.DataFrame:
    """One row for each rule of a cohort's definition and group of an attribute, in order."""
    rows = _whole("cohort_attrition_by_group").filter(
        pl.col("cohort_name") == cohort, pl.col("attribute") == attribute
    )
    return _something(rows, "Nobody is found by the first rule of any cohort.").sort(
        "rule_number", "group_name"
    )


def cohort_summary() -> pl.DataFrame:
    """One row for each cohort, by name."""
    return _something(_whole("cohort_summary"), "There is no cohort.").sort("cohort_name")


def cohort_index_event(cohort: str) -> pl.DataFrame:
    """One row for each table and concept that opens the cohort, the most frequent first."""
    rows = _something(
        _whole("cohort_index_event").filter(pl.col("cohort_name") == cohort),
        "No record of a concept opens this cohort.",
    )
    return rows.sort("n_people", "concept_id", descending=[True, False], nulls_last=True)


def cohort_incidence(cohort: str) -> pl.DataFrame:
    """One row for each attribute and group of people at risk of entering the cohort."""
    rows = _something(
        _whole("cohort_incidence").filter(pl.col("cohort_name") == cohort),
        "Nobody is in this cohort, or nobody is observed.",
    )
    if rows["cases_per_1000_years"].is_null().all():
        raise NothingToShow("Everything here is suppressed: too few people enter this cohort.")
    return rows


def cohort_overlap(cohort: str) -> pl.DataFrame:
    """One row for each other cohort, the one that shares most people with the cohort first."""
    is_of_cohort = (pl.col("cohort_name") == cohort) | (pl.col("other_cohort_name") == cohort)
    rows = _something(_whole("cohort_overlap").filter(is_of_cohort), "There is no other cohort.")
    return rows.sort(
        *("n_people_in_both", "cohort_name", "other_cohort_name"),
        descending=[True, False, False],
        nulls_last=True,
    )


def orphan_concept(concept_sets: Sequence[str]) -> pl.DataFrame:
    """One row for each of these concept sets and orphan concept of it, most recorded first."""
    rows = _something(
        _whole("orphan_concept").filter(pl.col("concept_set").is_in(list(concept_sets))),
        "No concept looks as if it belonged to one of its concept sets and were not in it.",
    )
    return rows.sort(
        *("n_people", "concept_set", "concept_id"),
        descending=[True, False, False],
        nulls_last=True,
    )


def population_profile(study: str) -> pl.DataFrame:
    """One row for each attribute and group of the study's population."""
    return _of_study("population_profile", study)


def cohort_characteristic(study: str) -> pl.DataFrame:
    """One row for each characteristic and group of the study's population, in their order."""
    return _of_study("cohort_characteristic", study).sort(
        "characteristic_number", "attribute", "group_name"
    )


def model_performance(study: str) -> pl.DataFrame:
    """One row for each model and metric of the study."""
    return _of_study("model_performance", study)


def calibration(study: str) -> pl.DataFrame:
    """One row for each model and bin of predicted risk."""
    return _of_study("calibration", study).sort("model_name", "bin_number")


def decision_curve(study: str) -> pl.DataFrame:
    """One row for each model and threshold."""
    return _of_study("decision_curve", study).sort("model_name", "threshold")


def covariate_importance(study: str) -> pl.DataFrame:
    """One row for each model and rank of a covariate."""
    return _of_study("covariate_importance", study).sort("model_name", "covariate_rank")


def fairness_audit(study: str) -> pl.DataFrame:
    """One row for each model, attribute, group and metric of the study."""
    return _of_study("fairness_audit", study)


def treatment_pathway(study: str) -> pl.DataFrame:
    """One row for each pathway of the study, the most common first."""
    rows = _of_study("treatment_pathway", study)
    return rows.sort("n_people", "pathway", descending=[True, False], nulls_last=True)


def treatment_pathway_by_group(study: str) -> pl.DataFrame:
    """One row for each attribute, group and one of the study's commonest pathways.

    Also where all of them are withheld: the paths of everyone may be told all the same.
    """
    rows = _whole("treatment_pathway_by_group").filter(pl.col("study") == study)
    return _something(rows, f"The paths of {study} by group were not published.").sort(
        *("attribute", "group_name", "n_people", "pathway"),
        descending=[False, False, True, False],
        nulls_last=True,
    )


def treatment_line(study: str) -> pl.DataFrame:
    """One row for each line of therapy, treatment and what follows it, most people first."""
    return _most_people_first(_of_study("treatment_line", study), "n_people")


def treatment_duration(study: str) -> pl.DataFrame:
    """One row for each measure of days, line of therapy and treatment, most people first."""
    rows = _most_people_first(_of_study("treatment_duration", study), "n_people")
    return rows.sort("measure", maintain_order=True)


def treatment_persistence(study: str) -> pl.DataFrame:
    """One row for each line of therapy, treatment and day after its start."""
    return _of_study("treatment_persistence", study).sort(
        "line_number", "treatment", "days_after_start"
    )


def treatment_days_covered(study: str) -> pl.DataFrame:
    """One row for each line of therapy and treatment whose covered days are counted."""
    return _most_people_first(_of_study("treatment_days_covered", study), "n_people")


def pathway_event(study: str) -> pl.DataFrame:
    """One row for each event of the study, in its order: where its records came from."""
    rows = _whole("pathway_event").filter(pl.col("study") == study)
    return _something(rows, f"Where the events of {study} came from was not published.").sort(
        "event_number"
    )


def events_by_study() -> Mapping[str, Sequence[str]]:
    """The events of every pathway study: those it names, and those on its paths."""
    named = _whole("pathway_event").select("study", "event")
    on_paths = _whole("treatment_pathway").select(
        "study", event=pl.col("pathway").str.split("-").list.eval(pl.element().str.split("+"))
    )
    found = pl.concat([named, on_paths.explode("event").explode("event")]).unique()
    kept = found.filter(~pl.col("event").is_in([*OTHERS, "None"])).sort("study", "event")
    return dict(kept.group_by("study", maintain_order=True).agg("event").iter_rows())


def data_quality() -> pl.DataFrame:
    """One row for each check of the CDM, structural ones first, then the largest share."""
    rows = _whole("data_quality")
    return _something(rows, "No check of this CDM was published.").sort(
        pl.col("severity") != "structural", -pl.col("share").fill_null(-1.0), "check_id"
    )


def ohdsi_check() -> pl.DataFrame:
    """One row for each of OHDSI's checks that had something to look at; none in an empty CDM."""
    return _whole("ohdsi_check").sort("check_id")


def recording_by_group() -> pl.DataFrame:
    """One row for each measure of recording, attribute and group of people."""
    rows = _whole("recording_by_group")
    return _something(rows, "Nobody is in this CDM of whom anything could be recorded.").sort(
        "section", "title", "attribute", "group_name"
    )


def recording_by_year() -> pl.DataFrame:
    """One row for each measure of recording and calendar year."""
    rows = _whole("recording_by_year")
    return _something(
        rows, "Nobody was observed for a year before a calendar year began, and in that year."
    ).sort("section", "title", "calendar_year")


def run_log() -> pl.DataFrame:
    """One row for each run and step, the newest first."""
    rows = _something(_whole("run_log"), "No run was logged.")
    return rows.sort("finished_at", "step_number", descending=True)


def risk_list(study: str) -> pl.DataFrame:
    """One row for each person and index date on the study's risk list, by rank. Person-level."""
    rows = _whole("risk_list", file=PEOPLE).filter(pl.col("study") == study)
    return _something(rows, f"Nobody is on the risk list of {study}.").sort("risk_rank")


def risk_list_studies() -> list[str]:
    """The studies that have a risk list, by name. Reads the people file."""
    return sorted(set(_whole("risk_list", file=PEOPLE)["study"].to_list()))


def export_log() -> pl.DataFrame:
    """One row for each export made from this workspace, the newest first."""
    return read_log(exports_folder() / "log.jsonl")


def export_log_check() -> LogCheck:
    """Whether the log of exports is whole."""
    return verify_log(exports_folder() / "log.jsonl")


def exports_folder() -> Path:
    """Where exports of this workspace and their log lie: beside the published runs."""
    return Workspace(root=served().published.resolve().parent).exports


def people_with_outcome_evaluated(study: str) -> int | None:
    """People with the outcome whom the main model was evaluated on; None where that is withheld."""
    performance = _something(
        _whole("model_performance").filter(pl.col("study") == study), "No model was evaluated."
    )
    counts = of_model(performance, main_model(performance))["n_people_with_outcome"].drop_nulls()
    return int(counts[0]) if counts.len() else None


def is_simulated() -> bool:
    """Whether the run log says that these people were simulated."""
    return any("simulat" in step.lower() for step in run_log()["step"].to_list())


def published_at() -> datetime | None:
    """When the last step of the published runs ended (UTC), or None where no run is logged."""
    ended = run_log()["finished_at"].max()
    return ended if isinstance(ended, datetime) else None


# A row is suppressed when anything in it is withheld; a mart has nothing to show when this is.
_WHAT_A_MART_SHOWS = {
    "study_attrition": "n_people",
    "population_profile": "n_people",
    "cohort_characteristic": "share",
    "model_performance": "value",
    "calibration": "outcome_rate",
    "decision_curve": "net_benefit",
    "covariate_importance": "mean_absolute_contribution",
    "fairness_audit": "value",
    "treatment_pathway": "n_people",
    "treatment_line": "n_people",
    "treatment_duration": "days_median",
    "treatment_persistence": "share_persistent",
    "treatment_days_covered": "share_well_covered",
}


def _of_study(mart: str, study: str) -> pl.DataFrame:
    rows = _something(
        _whole(mart).filter(pl.col("study") == study),
        f"The study {study} has no rows in `{mart}`: that step was not run for it.",
    )
    if rows["is_suppressed"].any() and rows[_WHAT_A_MART_SHOWS[mart]].is_null().all():
        smallest = current_settings().smallest_cell
        raise NothingToShow(
            "Everything here is suppressed: each number rests on a count of fewer than "
            f"{smallest} people, or would reveal one.",
            study=study,
        )
    return rows


def _most_people_first(rows: pl.DataFrame, counted: str) -> pl.DataFrame:
    return rows.sort(
        *("line_number", counted, "treatment"),
        descending=[False, True, False],
        nulls_last=True,
    )


def _something(rows: pl.DataFrame, otherwise: str) -> pl.DataFrame:
    if rows.is_empty():
        raise NothingToShow(otherwise)
    return rows


def _whole(mart: str, *, file: str = AGGREGATES) -> pl.DataFrame:
    root = served().published
    pointer = root / POINTER
    if not pointer.is_file():
        raise NothingToShow(
            f"Nothing has been published in {root} yet. Run a study first: "
            "`catchment run STUDY`, or see it all with `make demo`."
        )
    if file == PEOPLE and not served().shows_people:
        raise NothingToShow(
            "This dashboard serves aggregates only; it never opens the people file."
        )
    return _read(str(published_folder(root) / file), mart, pointer.stat().st_mtime_ns)


@st.cache_data(show_spinner=False, max_entries=64)
def _read(file: str, mart: str, pointed_at: int) -> pl.DataFrame:
    """A mart as it lies in the file; `pointed_at` is only there to be part of the cache's key."""
    if not Path(file).is_file():
        raise NothingToShow(f"The published run is incomplete: {Path(file).name} is missing.")
    with duckdb.connect(file, read_only=True) as connection:
        found = connection.execute(
            "select count(*) from information_schema.tables where table_name = ?", [mart]
        ).fetchall()
        if not found[0][0]:
            raise NothingToShow(f"The mart `{mart}` is missing from what was published.")
        rows = pl.from_arrow(connection.sql(f'select * from "{mart}"').to_arrow_table())
    assert isinstance(rows, pl.DataFrame)
    return rows
