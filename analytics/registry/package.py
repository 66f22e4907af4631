"""A model package: a trained model with all it needs to be run and understood elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from analytics.errors import RunFailedError
from analytics.evaluation import Counts
from analytics.evaluation.predictions import Floats, Ints
from analytics.models import PopulationRows, TrainedModel
from analytics.registry.left_out import LeftOut
from analytics.registry.versions import current_versions
from analytics.registry.withhold import (
    ShownCounts,
    withhold_small_counts,
    withhold_small_results,
    without_counts,
)
from analytics.settings import SMALLEST_CELL
from analytics.studies import OutcomeSeenAs, Study


@dataclass(frozen=True, kw_only=True)
class StudyInWords:
    """What a reader of the model's sheet needs to know of the study."""

    name: str
    title: str
    question: str
    outcome_in_words: str
    intended_use: str
    outcome_seen_as: OutcomeSeenAs | None = None


def put_study_in_words(study: Study) -> StudyInWords:
    """Take the words out of a study."""
    return StudyInWords(
        name=study.name,
        title=study.title,
        question=study.question,
        outcome_in_words=study.outcome_in_words,
        intended_use=study.intended_use,
        outcome_seen_as=study.outcome_seen_as,
    )


@dataclass(frozen=True, kw_only=True, eq=False)
class ModelPackage:
    """One trained model of one study; `make_package` puts it together.

    `covariates` has a row for each column the model was trained on, in order, with what its
    values are `divided_by`. `left_out` says what the model was not given, `waivers` on which data
    past a limit it was trained and who signed for that. `performance`, `calibration` and `audit`
    are what evaluation and fairness gave, without counts and without figures that rest on few
    people. No row of a person, and no id of one, is in a package.
    """

    study: StudyInWords
    study_yaml: str
    model: TrainedModel
    covariates: pl.DataFrame
    learned_from: ShownCounts
    evaluated_on: ShownCounts
    validation: str
    performance: pl.DataFrame
    calibration: pl.DataFrame
    audit: pl.DataFrame
    versions: Mapping[str, str]
    left_out: LeftOut = field(default_factory=LeftOut)
    waivers: tuple[str, ...] = ()

    @property
    def covariate_id(self) -> Ints:
        """The covariate of each column that `predict` expects, in order."""
        return self.covariates["covariate_id"].to_numpy().astype(np.int64)

    def predict(self, rows: PopulationRows) -> Floats:
        """The risk of each row; columns must be `covariate_id`, in that order."""
        if rows.covariates.shape[1] != self.covariates.height:
            raise RunFailedError(
                f"the model of {self.study.name} was trained on {self.covariates.height} "
                f"covariates, and the rows have {rows.covariates.shape[1]}. Build the matrix with "
                "the package's covariate_id as its columns."
            )
        return self.model.predict(rows)


def make_package(
    *,
    study: Study,
    study_yaml: str,
    model: TrainedModel,
    covariate_reference: pl.DataFrame,
    learned_from: Counts,
    validation: str,
    performance: pl.DataFrame,
    calibration: pl.DataFrame,
    audit: pl.DataFrame,
    left_out: LeftOut | None = None,
    waivers: tuple[str, ...] = (),
    smallest_cell: int = SMALLEST_CELL,
) -> ModelPackage:
    """Put a package together, withholding what is small.

    `covariate_reference` has a row for each column of the matrix, in order, with at least
    `covariate_id`, `covariate_name` and `domain`, and `divided_by` where something was scaled;
    `performance`, `calibration` and `audit` are frames of `measure_performance`,
    `calibration_curve` and `AuditReport.rows`.
    """
    return ModelPackage(
        study=put_study_in_words(study),
        study_yaml=study_yaml,
        model=model,
        covariates=with_divisor(without_counts(covariate_reference)),
        learned_from=withhold_small_counts(learned_from, smallest_cell),
        evaluated_on=withhold_small_counts(_evaluated_on(performance), smallest_cell),
        validation=validation,
        performance=withhold_small_results(performance, smallest_cell),
        calibration=withhold_small_results(calibration, smallest_cell),
        audit=withhold_small_results(audit, smallest_cell),
        versions=current_versions(),
        left_out=left_out or LeftOut(),
        waivers=waivers,
    )


def with_divisor(covariates: pl.DataFrame) -> pl.DataFrame:
    """One row for each row; `divided_by` is 1 where nothing was scaled."""
    if "divided_by" in covariates.columns:
        return covariates
    return covariates.with_columns(divided_by=pl.lit(1.0))


def _evaluated_on(performance: pl.DataFrame) -> Counts:
    first = performance.row(0, named=True)
    return Counts(
        n_rows=first["n_rows"],
        n_people=first["n_people"],
        n_outcomes=first["n_outcomes"],
        n_people_with_outcome=first["n_people_with_outcome"],
    )
