"""The step that describes: Table 1 of a study's population."""

import polars as pl

from analytics.fairness import group_people
from analytics.features.characterisation.study_table import describe_population
from analytics.pipelines import fingerprints
from analytics.pipelines.artefacts import load_frame, load_matrix, save_frames
from analytics.pipelines.steps import Step, StepResult, replace_folder
from analytics.pipelines.study_run import StudyRun

TABLE = "cohort_characteristic"
THIS_FILE = ("pipelines/describing", "pipelines/artefacts")


def characterise_step(run: StudyRun) -> Step:
    """What the population is like, with and without the outcome, and by attribute."""
    study, folder = run.study, run.folder("characterise")
    population, covariates = run.folder("population"), run.folder("covariates")

    def do() -> StepResult:
        rows = load_frame(population, "rows")
        found = describe_population(
            _with_groups(run, rows), load_matrix(covariates), run.settings.smallest_cell
        )
        replace_folder(folder, lambda partial: save_frames(partial, {TABLE: found}))
        n_read = found["covariate_id"].n_unique()
        return StepResult(
            n_people=rows["person_id"].n_unique(), detail=f"{n_read} characteristics to read"
        )

    return Step(
        name=f"{study.name}/characterise",
        title="Characterise the population",
        study=study.name,
        position=5,
        inputs={
            "rows": fingerprints.of_file(population / "rows.parquet"),
            "values": fingerprints.of_file(covariates / "values.parquet"),
            "covariate_ref": fingerprints.of_file(covariates / "covariate_ref.parquet"),
            "person": fingerprints.of_file(run.landed_file("person")),
            "smallest_cell": str(run.settings.smallest_cell),
            "code": fingerprints.of_rooms("features", "fairness/groups", *THIS_FILE),
        },
        do=do,
        outputs=(folder,),
    )


def _with_groups(run: StudyRun, rows: pl.DataFrame) -> pl.DataFrame:
    """The rows with the group of each attribute that each is in."""
    people = rows.select("row_id", "person_id", "index_date", "had_outcome").join(
        run.landed("person").select("person_id", "year_of_birth", "sex", "race", "ethnicity"),
        on="person_id",
        how="left",
        maintain_order="left",
    )
    age = pl.col("index_date").dt.year() - pl.col("year_of_birth")
    groups = group_people(people.with_columns(age=age))
    return people.select("row_id", "person_id", "had_outcome").with_columns(groups.get_columns())
