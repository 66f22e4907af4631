"""A study at work in a workspace: where its steps leave what they make."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import yaml

from analytics.errors import BadInputError, ContractBreachError
from analytics.features.build import Engine
from analytics.pipelines.build import check_is_built, quality_frame
from analytics.pipelines.steps import Runner
from analytics.settings import Settings, house_root
from analytics.studies import (
    PathwayStudy,
    Study,
    check_cohorts,
    check_concept_sets,
    load_study,
)
from analytics.warehouse import Workspace, read_landed
from analytics.warehouse.landed_events import DOMAINS

MOST_SHOWN = 5


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
    of the CDM break a contract past its limit.
    """
    study = load_study(name)
    check_is_built(place)
    known = read_landed(place, "cohort_rule_count").select("cohort_name").unique().collect()
    check_cohorts(study, known["cohort_name"])
    if isinstance(study, PathwayStudy):
        check_concept_sets(study, concept_set_domains())
    _check_fit_to_run(place)
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


def concept_set_domains() -> Mapping[str, str]:
    """The domain of each concept set that a pathway's events can be made of."""
    project = yaml.safe_load((house_root() / "dbt_project" / "dbt_project.yml").read_text())
    listed = project["vars"]["concept_sets"]
    return {name: domain for name, domain in listed.items() if domain in DOMAINS}


def _check_fit_to_run(place: Workspace) -> None:
    past = quality_frame(place).filter(
        (pl.col("status") == "breached") & (pl.col("share") > pl.col("limit_share"))
    )
    if past.height:
        lines = "\n".join(f"  - {message}" for message in past["message"].head(MOST_SHOWN))
        raise ContractBreachError(
            f"The CDM breaks its contract past the limit at which studies may run:\n{lines}\n"
            f"See {place.root / 'quality'}, correct the CDM, and build again."
        )
