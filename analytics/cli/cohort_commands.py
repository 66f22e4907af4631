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

    Example: `catchment cohorts describe heart_failure.json`
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
