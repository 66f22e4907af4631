"""The command `catchment`: arguments in, one pipeline called; no logic.

Everything heavy is imported inside the command that needs it, so that `--help` answers at once.
"""

import sys
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from analytics import __version__
from analytics.cli.characterise_command import characterise
from analytics.cli.check_command import check
from analytics.cli.cohort_commands import cohorts_app
from analytics.cli.console import print_answer, step_display
from analytics.cli.feature_command import features
from analytics.cli.release_command import releases
from analytics.errors import BadInputError, CatchmentError, ContractBreachError
from analytics.settings import prepare_environment

app = typer.Typer(
    name="catchment",
    help="Population-health predictive analytics on OMOP data.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="markdown",
)
contracts_app = typer.Typer(help="The agreements in data_contracts/.", no_args_is_help=True)
export_app = typer.Typer(help="Files for others; each export is logged.", no_args_is_help=True)
studies_app = typer.Typer(help="The questions that can be asked.", no_args_is_help=True)
app.add_typer(cohorts_app, name="cohorts")
app.add_typer(contracts_app, name="contracts")
app.add_typer(export_app, name="export")
app.add_typer(studies_app, name="studies")
app.command(name="check")(check)
app.command(name="releases")(releases)
app.command(name="features")(features)
app.command(name="characterise")(characterise)

WorkspaceOption = Annotated[
    Path, typer.Option("--workspace", "-w", help="The folder that holds everything made here.")
]
CdmOption = Annotated[
    Path, typer.Option("--cdm", help="An OMOP CDM: a folder of Parquet or CSV, or a DuckDB file.")
]
StudyArgument = Annotated[
    str, typer.Argument(metavar="STUDY", help="A shipped study's name, or a YAML file of your own.")
]
Engine = Literal["polars", "spark"]
DEFAULT_WORKSPACE = Path("workspace")


def main() -> None:
    """Run the command line; a `CatchmentError` becomes one message and its exit code."""
    prepare_environment()
    try:
        app()
    except CatchmentError as error:
        print(f"catchment: {error}", file=sys.stderr)
        sys.exit(error.exit_code)


def print_version(is_asked: bool) -> None:
    """Print the version and leave, before any command is looked for."""
    if is_asked:
        print(f"catchment {__version__}")
        raise typer.Exit


@app.callback()
def catchment(
    version: Annotated[
        bool,
        typer.Option("--version", callback=print_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Population-health predictive analytics on OMOP data."""


@app.command(no_args_is_help=True)
def simulate(
    out: Annotated[
        Path, typer.Option(help="The folder to make, empty or absent; or a new .duckdb file.")
    ],
    persons: Annotated[int, typer.Option(help="How many people, in all sites together.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The same seed gives the same people.")] = 1,
    profile: Annotated[
        str, typer.Option(help="What is planted: a shipped profile's name, or a YAML file.")
    ] = "default",
    sites: Annotated[
        int | None, typer.Option(help="So many CDMs that share a truth: OUT/site-1, …")
    ] = None,
    dirty: Annotated[
        bool, typer.Option("--dirty", help="Add the faults of real CDMs; truth/faults.json counts.")
    ] = False,
    format: Annotated[
        Literal["parquet", "duckdb"], typer.Option(help="A folder of Parquet, or one DuckDB file.")
    ] = "parquet",
    density: Annotated[float, typer.Option(help="How much is recorded: 0.5 is half.")] = 1.0,
    concepts: Annotated[
        Literal["few", "many"],
        typer.Option(help="many: more than 2,000 made-up concepts besides, for benchmarks."),
    ] = "few",
    processes: Annotated[
        int | None,
        typer.Option(help="Default: CATCHMENT_THREADS, or 1 for few people. Changes no byte."),
    ] = None,
) -> None:
    """Make up people: an OMOP CDM v5.4, and the truth behind it in OUT/truth/.

    Example: `catchment simulate --persons 20000 --seed 1 --out people`

    With nothing planted: `catchment simulate --profile nothing_planted --out people`

    Three sites for a network: `catchment simulate --sites 3 --persons 60000 --out sites`

    With faults to find: `catchment simulate --dirty --out spoiled`

    One DuckDB file, the truth beside it: `catchment simulate --format duckdb --out people.duckdb`

    To measure speed: `catchment simulate --persons 1000000 --concepts many --out large`
    """
    from analytics.pipelines.simulating import Simulation, simulate_people

    wanted = Simulation(
        persons=persons,
        seed=seed,
        out=out,
        profile=profile,
        n_sites=sites,
        dirty=dirty,
        format=format,
        density=density,
        concepts=concepts,
        processes=processes,
    )
    with step_display() as display:
        simulate_people(wanted, display)


@app.command()
def build(cdm: CdmOption, workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Land a CDM and build its cohort layer with dbt.

    Example: `catchment build --cdm people --workspace workspace`
    """
    from analytics.pipelines.build import build_workspace
    from analytics.pipelines.publishing import say_what_is_stale

    with step_display() as display:
        build_workspace(cdm=cdm, workspace=workspace, display=display)
    for sentence in say_what_is_stale(workspace):
        print(sentence)


@app.command()
def run(
    study: StudyArgument,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    engine: Annotated[
        Engine, typer.Option(help="Where covariates are built and trees grown: polars or spark.")
    ] = "polars",
    until: Annotated[str | None, typer.Option(help="End after this step, e.g. train.")] = None,
) -> None:
    """Answer a study: population, covariates, models, evaluation, audit, reasons, risk list.

    Example: `catchment run readmission_30d --workspace workspace`
    """
    from analytics.pipelines.studies import run_study

    with step_display() as display:
        answer = run_study(study, workspace=workspace, engine=engine, until=until, display=display)
    print_answer(answer)


@app.command()
def predict(
    study: StudyArgument,
    as_of: Annotated[
        str, typer.Option("--as-of", help="YYYY-MM-DD; nothing dated then or later is read.")
    ],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    out: Annotated[
        Path | None, typer.Option(help="A Parquet file for the risks and reasons.")
    ] = None,
) -> None:
    """Say who is at risk as of a date, with a model that `run` trained.

    Example: `catchment predict readmission_30d --as-of 2024-06-30 --out risks.parquet`
    """
    from analytics.pipelines.studies import predict_as_of

    with step_display() as display:
        answer = predict_as_of(
            study, as_of=_date(as_of, "--as-of"), workspace=workspace, out=out, display=display
        )
    print_answer(answer)


@app.command(no_args_is_help=True)
def pathways(
    study: Annotated[
        str | None,
        typer.Argument(metavar="[STUDY]", help="A shipped study's name, or a YAML file."),
    ] = None,
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    cohorts: Annotated[
        Path | None, typer.Option(help="Cohort rows in OHDSI's shape: a Parquet or CSV file.")
    ] = None,
    settings: Annotated[
        Path | None, typer.Option(help="YAML: targets, events, exits, parameters, compat.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="The folder to write, from cohort rows.")] = None,
) -> None:
    """Find which treatments follow which, for a pathway study or for cohort rows.

    Example: `catchment pathways diabetes_treatment --workspace workspace`

    From cohort rows: `catchment pathways --cohorts rows.parquet --settings FILE.yaml --out DIR`.
    The settings map cohort ids to names under `targets`, `events` and `exits`; the parameters are
    TreatmentPatterns' in snake case. `compat: clean` (the default) is their documented meaning,
    `compat: tp31` repeats TreatmentPatterns 3.1.0. Writes pathways.parquet and steps.parquet, one
    row for each person's pathway and step; with small cells withheld pathway_counts,
    treatment_line, treatment_duration, treatment_persistence and treatment_days_covered; and the
    settings.
    """
    from analytics.pipelines.finding_pathways import PathwayRequest, answer_pathways

    request = PathwayRequest(
        study=study, workspace=workspace, cohorts=cohorts, settings=settings, out=out
    )
    with step_display() as display:
        answer = answer_pathways(request, display)
    print_answer(answer)


@app.command()
def publish(workspace: WorkspaceOption = DEFAULT_WORKSPACE) -> None:
    """Build the marts and publish them with small cells withheld.

    Example: `catchment publish --workspace workspace`
    """
    from analytics.pipelines.publishing import publish_marts

    with step_display() as display:
        publish_marts(workspace=workspace, display=display)


@app.command()
def dashboard(
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 8501,
) -> None:
    """Serve the dashboard of what was published last.

    Example: `catchment dashboard --workspace workspace --port 8501`
    """
    from analytics.pipelines.serving import serve_dashboard

    serve_dashboard(workspace=workspace, port=port)


@app.command()
def demo(
    cdm: Annotated[
        Path | None, typer.Option(help="Your own CDM; without it people are simulated.")
    ] = None,
    study: Annotated[
        list[str] | None, typer.Option(help="Only this study; may be repeated.")
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option("--workspace", "-w", help="Default: one for each CDM.")
    ] = None,
    persons: Annotated[int, typer.Option(help="How many people to simulate.")] = 20_000,
    seed: Annotated[int, typer.Option(help="The simulator's seed.")] = 1,
    serve: Annotated[bool, typer.Option(help="Serve the dashboard at the end.")] = True,
    port: Annotated[int, typer.Option(help="The port on 127.0.0.1.")] = 8501,
) -> None:
    """Do the main job from end to end, then serve the dashboard.

    Example: `catchment demo --cdm people --study readmission_30d --no-serve`
    """
    from analytics.pipelines.demo import run_demo
    from analytics.pipelines.serving import serve_dashboard

    with step_display() as display:
        done = run_demo(
            cdm=cdm,
            studies=study or [],
            workspace=workspace,
            persons=persons,
            seed=seed,
            display=display,
        )
    print_answer(done)
    if serve:
        serve_dashboard(workspace=done.workspace, port=port)


@export_app.command("risk-list")
def export_risk_list(
    study: StudyArgument,
    out: Annotated[Path, typer.Option(help="The file to write: .csv or .xlsx.")],
    purpose: Annotated[str, typer.Option(help="Why this list is needed; it stands in the log.")],
    workspace: WorkspaceOption = DEFAULT_WORKSPACE,
    everyone: Annotated[
        bool, typer.Option(help="Everyone scored, not only those within capacity.")
    ] = False,
) -> None:
    """Write the list of people to call, as CSV or XLSX, and log it.

    Example: `catchment export risk-list readmission_30d --out list.xlsx --purpose "calls at home"`
    """
    from analytics.pipelines.exporting import export_list

    record = export_list(study, out=out, purpose=purpose, workspace=workspace, everyone=everyone)
    print(
        f"{record.n_rows} people written to {out}; logged in {workspace / 'exports' / 'log.jsonl'}."
    )


@contracts_app.command("compile")
def contracts_compile() -> None:
    """Write the dbt YAML that follows from data_contracts/ (in a checkout).

    Example: `catchment contracts compile`
    """
    from analytics.pipelines.build import compile_contracts

    for path in compile_contracts():
        print(path)


@contracts_app.command("diff")
def contracts_diff(
    old: Annotated[Path, typer.Argument(metavar="A", help="A folder with data_contracts/ in it.")],
    new: Annotated[Path, typer.Argument(metavar="B", help="The same, later.")],
) -> None:
    """Say what changed from the contracts in A to those in B, and what of it is breaking.

    Leaves with exit code 3 when something is breaking.

    Example: `catchment contracts diff before after`
    """
    from analytics.cli.console import print_differences
    from analytics.contracts.differences import list_differences

    found = list_differences(old, new)
    print_differences(found)
    if any(one.is_breaking for one in found):
        raise typer.Exit(ContractBreachError.exit_code)


@studies_app.command("list")
def studies_list() -> None:
    """Name the shipped studies and their questions.

    Example: `catchment studies list`
    """
    from analytics.studies import list_studies, load_study

    for name in list_studies():
        study = load_study(name)
        print(f"{name:24} {study.question}")


@studies_app.command("schema")
def studies_schema() -> None:
    """Print the JSON Schema of a study file, for editors.

    Example: `catchment studies schema > study.schema.json`
    """
    import json

    from analytics.studies import study_json_schema

    print(json.dumps(study_json_schema(), indent=2))


def _date(text: str, option: str) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise BadInputError(f"{option} {text!r} is not a date. Write it as 2024-06-30.") from None
