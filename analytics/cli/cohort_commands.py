"""`catchment cohorts …`: definitions from ATLAS as dbt models."""

from pathlib import Path
from typing import Annotated

import typer

cohorts_app = typer.Typer(
    help="Cohort definitions from ATLAS (Circe JSON) as dbt models.", no_args_is_help=True
)

ProjectOption = Annotated[
    Path, typer.Option("--project", help="The dbt project whose cohorts are meant.")
]
CohortArgument = Annotated[
    str, typer.Argument(metavar="NAME", help="An added cohort's name, or a definition's file.")
]
DEFAULT_PROJECT = Path("dbt_project")


@cohorts_app.command("add")
def add(
    source: Annotated[
        Path, typer.Argument(metavar="FILE|DIR", help="A definition (JSON), or a folder of them.")
    ],
    name: Annotated[
        str | None, typer.Option(help="The cohort's name; without it, the file's name.")
    ] = None,
    project: ProjectOption = DEFAULT_PROJECT,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an earlier definition.")
    ] = False,
) -> None:
    """Write a dbt model, its documentation and its concept sets for each definition.

    Example: `catchment cohorts add heart_failure.json --name heart_failure`
    """
    from analytics.pipelines.adding_cohorts import add_definitions

    for cohort in add_definitions(source, project=project, name=name, replaces=replace):
        n_sets = len(cohort.concept_sets)
        concept_sets = "1 concept set" if n_sets == 1 else f"{n_sets} concept sets"
        print(f"{cohort.name}: {cohort.status}, {cohort.n_parts} parts, {concept_sets}")


@cohorts_app.command("list")
def list_all(project: ProjectOption = DEFAULT_PROJECT) -> None:
    """Name the cohorts of a project, and say who is in each.

    Example: `catchment cohorts list`
    """
    from analytics.pipelines.cohorts import list_cohorts

    for cohort in list_cohorts(project):
        number = "" if cohort.definition_id is None else f" [{cohort.definition_id}]"
        print(f"{cohort.name}{number}: {cohort.says}")


@cohorts_app.command("describe")
def describe(name: CohortArgument, project: ProjectOption = DEFAULT_PROJECT) -> None:
    """Say in plain words what a definition asks: entry, rules, exit, eras, concept sets.

    Example: `catchment cohorts describe heart_failure`
    """
    from analytics.pipelines.cohorts import describe_cohort

    print(describe_cohort(name, project), end="")


@cohorts_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A cohort's name, or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A cohort's name, or a file.")],
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Say in words what changed from one definition to another.

    Example: `catchment cohorts diff old.json new.json`
    """
    from analytics.pipelines.cohorts import compare_definitions

    print(compare_definitions(old, new, project), end="")
