"""The steps that learn: population, covariates, training."""

import json
from pathlib import Path

import numpy as np
import polars as pl

from analytics.contracts import load_unit_contracts
from analytics.disclosure.in_words import count_in_words
from analytics.errors import StudyError
from analytics.evaluation.predictions import Bools, Ints
from analytics.features import TidyRules, build_covariates, learn_tidying, tidy_csr
from analytics.models import (
    Learn,
    PopulationRows,
    ValidationPlan,
    plan_validation,
    train_models,
    write_model,
)
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, load_matrix, save_frames, save_matrix
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.pipelines.study_run import StudyRun
from analytics.pipelines.unit_notes import say_unit_counts
from analytics.population import build_population
from analytics.studies import Study

THIS_FILE = ("pipelines/learning", "pipelines/artefacts", "pipelines/unit_notes")
STEPS = ("population", "covariates", "train", "evaluate", "predict")


def population_step(run: StudyRun) -> Step:
    """Target cohort to population: exclusions, outcomes, attrition."""
    study, folder = run.study, run.folder("population")
    cohort = run.cohorts()
    rules = run.landed("cohort_rule_count").filter(pl.col("cohort_name") == study.target)

    def do() -> StepResult:
        population = build_population(
            study,
            cohort=cohort,
            observation_period=run.landed("observation_period"),
            person=run.landed("person"),
            rule_counts=rules,
        )
        frames = {
            "rows": population.rows,
            "attrition": population.attrition.with_columns(
                target_cohort=pl.lit(study.target), outcome_cohort=pl.lit(study.outcome)
            ),
            "cohort_rules": population.cohort_rules,
        }
        replace_folder(folder, lambda partial: save_frames(partial, frames))
        rows = population.rows
        with_outcome = rows.filter("had_outcome")["person_id"].n_unique()
        return StepResult(
            n_people=rows["person_id"].n_unique(),
            detail=f"{rows.height:,} index dates; "
            f"{count_in_words(with_outcome, run.settings.smallest_cell)} people with the outcome",
        )

    return Step(
        name=f"{study.name}/population",
        title="Population and outcomes",
        study=study.name,
        position=1,
        inputs={
            "study": fingerprints.of_text(
                study.model_dump_json(
                    include={"target", "index", "outcome", "time_at_risk", "population"}
                )
            ),
            "cohort": fingerprints.of_frame(cohort),
            "rules": fingerprints.of_frame(rules),
            "person": fingerprints.of_file(run.landed_file("person")),
            "observation_period": fingerprints.of_file(run.landed_file("observation_period")),
            "code": fingerprints.of_rooms("population", "studies", "days", *THIS_FILE),
        },
        do=do,
        outputs=(folder,),
    )


def covariates_step(run: StudyRun) -> Step:
    """Facts before the index date of everyone in the population."""
    study, folder = run.study, run.folder("covariates")
    rows_file = run.folder("population") / "rows.parquet"

    def do() -> StepResult:
        units = load_unit_contracts()
        matrix = build_covariates(
            load_frame(rows_file.parent, "rows"),
            events=run.events(),
            person=run.landed("person"),
            concepts=run.landed("concept"),
            settings=study.covariates,
            engine=run.engine,
            units=units,
        )
        replace_folder(folder, lambda partial: save_matrix(partial, matrix))
        notes = "; ".join(matrix.warnings)
        measured = say_unit_counts(matrix.unit_counts, units, run.settings.smallest_cell)
        return StepResult(
            n_people=matrix.rows["person_id"].n_unique(),
            detail=f"{matrix.covariate_ref.height:,} covariates, {matrix.values.height:,} values"
            + (f"; {notes}" if notes else ""),
            told=measured[:1],
            notes=measured[1:],
        )

    files = {domain: run.landed_file(f"events/{domain}") for domain in study.covariates.domains}
    return Step(
        name=f"{study.name}/covariates",
        title="Covariates before the index date",
        study=study.name,
        position=2,
        inputs={
            "rows": fingerprints.of_file(rows_file),
            "settings": fingerprints.of_text(study.covariates.model_dump_json()),
            "engine": run.engine,
            "units": fingerprints.of_house("data_contracts/units"),
            "person": fingerprints.of_file(run.landed_file("person")),
            "concept": fingerprints.of_file(run.landed_file("concept")),
            **{f"events:{domain}": fingerprints.of_file(file) for domain, file in files.items()},
            "code": fingerprints.of_rooms("features", "contracts", "days", *THIS_FILE),
        },
        do=do,
        outputs=(folder,),
    )


def train_step(run: StudyRun) -> Step:
    """Split people, train the models, and score those kept aside."""
    study, folder = run.study, run.folder("train")
    inputs = (run.folder("population") / "rows.parquet", run.folder("covariates"))

    def do() -> StepResult:
        rows = load_frame(inputs[0].parent, "rows")
        matrix = load_matrix(inputs[1])
        person_id, had_outcome = rows["person_id"].to_numpy(), rows["had_outcome"].to_numpy()
        plan = _plan(study, person_id, had_outcome)
        learned_from = rows.filter(pl.Series(plan.is_learned_from))
        tidying = learn_tidying(matrix, learned_from["row_id"], tidy_rules(study))
        trained = train_models(
            rows=population_rows(run, rows, tidy_csr(matrix, tidying.kept)),
            person_id=person_id,
            had_outcome=had_outcome,
            models=study.models,
            plan=plan,
            capacity_share=study.capacity_share,
            seed=study.seed,
            threads=run.settings.threads,
            boost=_boost_on_spark(study.seed) if run.engine == "spark" else None,
        )
        evaluated = rows.select("row_id", "person_id", "index_date", "had_outcome").filter(
            pl.Series(plan.is_evaluated)
        )
        risks = evaluated.with_columns(
            **{name: pl.Series(each.evaluation_risk) for name, each in trained.items()}
        )
        split = rows.select("person_id", "index_date", "had_outcome").with_columns(
            is_test=pl.Series(plan.is_test)
        )
        reference = matrix.covariate_ref.join(tidying.kept, on="covariate_id")
        removed = matrix.covariate_ref.join(tidying.removed, on="covariate_id")

        def fill(partial: Path) -> None:
            save_frames(
                partial,
                {
                    "risks": risks,
                    "study_population": split,
                    "covariate_ref": reference.sort("covariate_id"),
                    "covariates_removed": removed.sort("covariate_id"),
                },
            )
            for name, each in trained.items():
                (partial / f"{name}.json").write_text(write_model(each.model))
            (partial / "validation.json").write_text(json.dumps(plan.kind))

        replace_folder(folder, fill)
        with_outcome = evaluated.filter("had_outcome")["person_id"].n_unique()
        kept_aside = "a test set" if plan.kind == "test_set" else "cross-validation by person"
        return StepResult(
            n_people=learned_from["person_id"].n_unique(),
            detail=f"{', '.join(trained)} on {tidying.kept.height:,} covariates"
            f"{', trees grown on Spark' if run.engine == 'spark' else ''}; judged by "
            f"{kept_aside} with {count_in_words(with_outcome, run.settings.smallest_cell)} people "
            "who had the outcome",
        )

    settings = study.model_dump_json(
        include={"models", "test_share", "validation", "capacity_share", "seed", "covariates"}
    )
    return Step(
        name=f"{study.name}/train",
        title="Train XGBoost and its baselines",
        study=study.name,
        position=3,
        inputs={
            "rows": fingerprints.of_file(inputs[0]),
            "values": fingerprints.of_file(inputs[1] / "values.parquet"),
            "covariate_ref": fingerprints.of_file(inputs[1] / "covariate_ref.parquet"),
            "settings": fingerprints.of_text(settings),
            "engine": run.engine,
            "code": fingerprints.of_rooms("models", "evaluation", "features", *THIS_FILE),
        },
        do=do,
        outputs=(folder,),
    )


def _boost_on_spark(seed: int) -> Learn:
    # Only who asks for Spark waits for Java.
    from analytics.features.spark_engine import spark_session
    from analytics.models.xgboost_on_spark import learn_xgboost_on_spark

    spark = spark_session()
    return lambda rows, had: learn_xgboost_on_spark(rows, had, spark=spark, seed=seed)


def tidy_rules(study: Study) -> TidyRules:
    """Which covariates the study lets its models learn from, and on which scale."""
    return TidyRules(
        min_people=study.covariates.min_people_per_covariate,
        removes_redundant=study.covariates.remove_redundant,
        scales=study.covariates.scale_by_largest,
    )


def _plan(study: Study, person_id: Ints, had_outcome: Bools) -> ValidationPlan:
    try:
        return plan_validation(
            person_id=person_id,
            had_outcome=had_outcome,
            validation=study.validation,
            test_share=study.test_share,
            generator=np.random.default_rng(study.seed),
        )
    except StudyError as error:
        raise StudyError(f"{study.name}: {error}") from None


def population_rows(run: StudyRun, rows: pl.DataFrame, covariates: object) -> PopulationRows:
    """What a model may look at, for `rows` with `person_id` and `index_date`, in their order."""
    people = rows.select("person_id", "index_date").join(
        run.landed("person").select("person_id", "year_of_birth", "sex"),
        on="person_id",
        how="left",
        maintain_order="left",
    )
    age = people.select(
        (pl.col("index_date").dt.year() - pl.col("year_of_birth")).cast(pl.Float64)
    ).to_series()
    return PopulationRows(
        covariates=covariates, age=age.to_numpy(), sex=people["sex"].to_numpy().astype(str)
    )
