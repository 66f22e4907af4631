"""A study at work in a workspace: where its steps leave what they make."""

from dataclasses import dataclass
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError
from analytics.features.build import Engine
from analytics.pipelines.built_workspace import check_is_built
from analytics.pipelines.pathway_sources import concept_set_domains
from analytics.pipelines.steps import Runner
from analytics.pipelines.study_fit import check_fit
from analytics.settings import Settings
from analytics.studies import (
    PathwayStudy,
    Study,
    check_cohorts,
    check_concept_sets,
    load_study,
)
from analytics.warehouse import Workspace, read_landed


@dataclass(frozen=True, kw_only=True)
class StudyRun:
    """One study in one workspace, with the runner that remembers its steps."""

    place: Workspace
    study: Study
    runner: Runner
    settings: Settings
    engine: Engine = "polars"

    def folder(self, step: str) -> Path:
        """Where a step leaves what it makes."""
        return self.place.studies / self.study.name / step

    def landed_file(self, name: str) -> Path:
        """The landed Parquet file of that name."""
        return self.place.landed / f"{name}.parquet"

    def landed(self, name: str) -> pl.DataFrame:
        """One row for each row of a landed file."""
        return read_landed(self.place, name).collect()

    def cohorts(self) -> pl.DataFrame:
        """One row for each person and interval of the study's target and outcome."""
        wanted = [self.study.target, self.study.outcome]
        return (
            read_landed(self.place, "cohort").filter(pl.col("cohort_name").is_in(wanted)).collect()
        )

    def events(self) -> dict[str, pl.LazyFrame]:
        """The events of each domain that the study's covariates read."""
        return {
            domain: read_landed(self.place, f"events/{domain}")
            for domain in self.study.covariates.domains
        }


def open_study(name: str, place: Workspace) -> Study | PathwayStudy:
    """Load a study and hold it against the workspace: its cohorts exist, its data are fit.

    Raises BadInputError for an unknown study, cohort or workspace, ContractBreachError where rows
    that it uses break a contract past its limit and nobody signed a waiver.
    """
    study = load_study(name)
    check_is_built(place)
    known = read_landed(place, "cohort_rule_count").select("cohort_name").unique().collect()
    check_cohorts(study, known["cohort_name"])
    if isinstance(study, PathwayStudy):
        check_concept_sets(study, concept_set_domains())
    check_fit(study, place)
    return study


def prediction_study(name: str, place: Workspace) -> Study:
    """A study that predicts; raises BadInputError for one of pathways."""
    study = open_study(name, place)
    if not isinstance(study, Study):
        raise BadInputError(
            f"{study.name} is a pathway study and predicts nothing. "
            f"Use: catchment pathways {study.name}"
        )
    return study
