"""`catchment cohorts …`: definitions from ATLAS as dbt models."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from analytics.cli.console import print_moved_people, step_display

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
        Path, typer.Argument(metavar="FILE|DIR", help="A definition (Circe JSON), or a folder.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", help="The cohort's name; without it, that of the file.")
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Take the place of an added cohort of that name.")
    ] = False,
    project: ProjectOption = DEFAULT_PROJECT,
) -> None:
    """Write definitions as dbt models, with their tests, their words and their concept sets.

    Either all definitions of a folder are added or, where one is at fault, none.

    Example: `catchment cohorts add heart_failure.json --name heart_failure`
    """
    from analytics.pipelines.adding_cohorts import add_definitions

    added = add_definitions(source, project=project, name=name, replaces=replace)
    for cohort in added:
        number = "" if cohort.definition_id is None else f" [{cohort.definition_id}]"
        n_sets = len(cohort.concept_sets)
        print(
            f"{cohort.name}{number}: {cohort.status}; {cohort.model} and "
            f"{n_sets} concept set{'s' * (n_sets != 1)}"
        )
    print(f"In {project}. Build with: catchment build --cdm CDM")


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


@cohorts_app.command("generate")
def generate(
    cdm: Annotated[
        str,
        typer.Option(
            help="A folder or a DuckDB file; for spark a folder of Parquet; for postgres a URL: "
            "postgresql://user@host/database?schema=cdm"
        ),
    ],
    definitions: Annotated[
        Path, typer.Option(help="A folder of definitions; <id>.json gives the rows of that id.")
    ],
    out: Annotated[Path, typer.Option(help="The Parquet file to write.")],
    warehouse: Annotated[
        Literal["duckdb", "postgres", "spark"], typer.Option(help="Where cohorts are built.")
    ] = "duckdb",
) -> None:
    """Build the cohorts of definitions on a CDM and write their rows, in OHDSI's shape.

    One row for each cohort_definition_id, subject_id, cohort_start_date and cohort_end_date. A
    definition that is refused stops no other: it is named with its reason at the end, and the exit
    code is 2. On PostgreSQL the CDM is read where it lies; a schema of our own is made beside it,
    and removed at the end.

    Example: `catchment cohorts generate --cdm people --definitions definitions --out rows.parquet`
    """
    from analytics.pipelines.generating_cohorts import generate_cohorts

    with step_display() as display:
        generated = generate_cohorts(
            cdm=cdm, definitions=definitions, out=out, warehouse=warehouse, display=display
        )
    generated.check_complete()


@cohorts_app.command("diff")
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="A cohort's name, or a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="A cohort's name, or a file.")],
    project: ProjectOption = DEFAULT_PROJECT,
    cdm: Annotated[
        str | None,
        typer.Option(help="Count on this CDM whom the change moves; as `cohorts generate` reads."),
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Or on the CDM of this workspace.")
    ] = None,
    warehouse: Annotated[
        Literal["duckdb", "postgres", "spark"], typer.Option(help="Where both are built.")
    ] = "duckdb",
) -> None:
    """Say in words what changed from one definition to another, and how many people it moves.

    People are counted where a CDM is named: both cohorts are built on it, and who is in one or in
    both is counted. Counts of 1 to 10 people are withheld, and what would tell them.

    Example: `catchment cohorts diff old.json new.json --cdm people`
    """
    from analytics.pipelines.cohorts import compare_definitions
    from analytics.pipelines.comparing_cohorts import cdm_to_compare_on, count_people_moved

    where = cdm_to_compare_on(cdm, workspace)
    print(compare_definitions(old, new, project), end="")
    if where is None:
        return
    print()
    with step_display() as display:
        moved = count_people_moved(
            old, new, project, cdm=where, warehouse=warehouse, display=display
        )
    print_moved_people(moved, old, new)
