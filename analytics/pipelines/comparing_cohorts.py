"""How many people a change of a definition moves on a CDM: both versions built, then compared.

Both are built as `cohorts generate` builds them. Small counts, and what would tell them, are
withheld as everywhere.
"""

import tempfile
from pathlib import Path
from typing import Literal

import polars as pl

from analytics.disclosure import AddsUp, DisclosureRule, SameAs, suppress
from analytics.errors import BadInputError, RunFailedError
from analytics.phenotypes.expression import CohortExpression
from analytics.phenotypes.model_files import NamedDefinition
from analytics.pipelines.cohort_places import WarehouseName
from analytics.pipelines.cohorts import read_either
from analytics.pipelines.generating_cohorts import built_cohorts
from analytics.pipelines.named_definitions import CompiledDefinitions, compile_named
from analytics.pipelines.steps import Display, Runner, Step, StepResult
from analytics.settings import current_settings
from analytics.warehouse import Workspace
from analytics.warehouse.cohort_rows import write_cohort_rows
from analytics.warehouse.moved_rows import MovedPeople, PartOfBoth, count_moved

OLD, NEW = 1, 2
Side = Literal["old", "new", "cdm"]
# Each side falls into parts: the old cohort, the new one, and the people of the CDM. A part that
# stands on two sides is one count.
RULE = DisclosureRule(
    level="aggregate",
    people="n_people",
    counts=("n_people", "n_rows"),
    key=("side", "attribute", "part"),
    adds_up=(
        AddsUp(over="part", within=("side",), total={"attribute": "overall", "part": "everyone"}),
    ),
    same_as=(
        SameAs(count="n_people", quantity="people {part}", where={"attribute": "part"}),
        SameAs(
            count="n_rows", quantity="rows {part}", where={"attribute": "part"}, may_differ=True
        ),
        # That number stands in many places: to withhold it here would help nobody.
        SameAs(
            count="n_people",
            quantity="people of the CDM",
            where={"side": "cdm", "attribute": "overall"},
            is_told=True,
        ),
    ),
)
EVERYONE = "everyone"


def cdm_to_compare_on(cdm: str | None, workspace: Path | None) -> str | None:
    """The CDM that is meant: named itself, or that of a workspace; None where neither is."""
    if workspace is None:
        return cdm
    if cdm is not None:
        raise BadInputError(
            f"--cdm {cdm} and --workspace {workspace} both name a CDM. Leave one of them out."
        )
    warehouse = Workspace(root=workspace).warehouse
    if not warehouse.is_file():
        raise BadInputError(
            f"{workspace} is not a built workspace: it has no {warehouse.name}. Build it first "
            f"(catchment build --cdm CDM --workspace {workspace}), or name the CDM: --cdm CDM"
        )
    return str(warehouse)


def count_people_moved(
    old: str,
    new: str,
    project: Path,
    *,
    cdm: str,
    warehouse: WarehouseName = "duckdb",
    display: Display | None = None,
) -> pl.DataFrame:
    """One row for each of six groups of people: in the old cohort, in the new one, in one or both.

    Columns: `people_who_are` (words), `n_people`, `n_old_rows`, `n_new_rows`, `is_suppressed`; what
    is withheld is null. Whoever is in both is so on the same days (all rows are equal) or on
    others. Raises RunFailedError where the warehouse cannot build both.
    """
    compiled = CompiledDefinitions(
        cohorts={
            OLD: compile_named(_named("old", read_either(old, project)), Path(old)),
            NEW: compile_named(_named("new", read_either(new, project)), Path(new)),
        },
        refused={},
    )
    with tempfile.TemporaryDirectory(prefix="catchment-cohorts-") as temporary:
        folder = Path(temporary)
        runner = Runner(folder / "state", display)
        with built_cohorts(
            compiled,
            cdm=cdm,
            warehouse=warehouse,
            runner=runner,
            folder=folder,
            more_tables=frozenset({"person"}),
        ) as built:
            if built.failed:
                ((number, said),) = built.failed.items()
                file = {OLD: old, NEW: new}[number]
                raise RunFailedError(f"{file}: {said.removeprefix(f'{number}.json: ')}")
            found: list[tuple[MovedPeople, int]] = []

            def do() -> StepResult:
                rows = folder / "rows.parquet"
                write_cohort_rows(built.place, built.tables, folder / "rows", rows)
                moved = count_moved(rows, old=OLD, new=NEW, spill=folder / "spill")
                ((n_people,),) = built.place.rows(
                    f"select count(distinct person_id) from {built.place.cdm_schema}.person"
                )
                found.append((moved, int(str(n_people))))
                return StepResult()

            runner.run(Step(name="compare", title="Compare the people", inputs={}, do=do))
    return moved_people_told(*found[0], smallest_cell=current_settings().smallest_cell)


def _named(name: str, expression: CohortExpression) -> NamedDefinition:
    return NamedDefinition(name=name, definition_id=None, expression=expression)


def moved_people_told(
    moved: MovedPeople, n_people_of_cdm: int, *, smallest_cell: int
) -> pl.DataFrame:
    """One row for each group of people (see `count_people_moved`), with what may be told of it."""
    told = suppress({"moved": _sheet(moved, n_people_of_cdm)}, {"moved": RULE}, smallest_cell)
    count = {
        (side, part): (n_people, n_rows)
        for side, part, n_people, n_rows in told["moved"]
        .select("side", "part", "n_people", "n_rows")
        .iter_rows()
    }
    nobody = (0, 0)
    groups = (
        ("in OLD", count["old", EVERYONE], nobody),
        ("in NEW", nobody, count["new", EVERYONE]),
        ("only in OLD", count["old", "only_old"], nobody),
        ("only in NEW", nobody, count["new", "only_new"]),
        ("in both, on the same days", count["old", "same_days"], count["new", "same_days"]),
        ("in both, on other days", count["old", "other_days"], count["new", "other_days"]),
    )
    return pl.DataFrame(
        [
            {
                "people_who_are": words,
                "n_people": (there if here is nobody else here)[0],
                "n_old_rows": here[1],
                "n_new_rows": there[1],
            }
            for words, here, there in groups
        ],
        schema_overrides={name: pl.Int64 for name in ("n_people", "n_old_rows", "n_new_rows")},
    ).with_columns(
        is_suppressed=pl.any_horizontal(
            pl.col(name).is_null() for name in ("n_people", "n_old_rows", "n_new_rows")
        )
    )


def _sheet(moved: MovedPeople, n_people_of_cdm: int) -> pl.DataFrame:
    """One row for each side and part of it, and for each side as a whole."""
    parts = vars(moved)
    neither = PartOfBoth(
        n_people=max(0, n_people_of_cdm - sum(part.n_people for part in parts.values()))
    )
    sides: dict[Side, list[tuple[str, int, int | None]]] = {
        "old": [
            (name, part.n_people, part.n_old_rows)
            for name, part in parts.items()
            if name != "only_new"
        ],
        "new": [
            (name, part.n_people, part.n_new_rows)
            for name, part in parts.items()
            if name != "only_old"
        ],
        "cdm": [
            (name, part.n_people, None) for name, part in {**parts, "neither": neither}.items()
        ],
    }
    rows = []
    for side, own in sides.items():
        n_people = sum(n for _, n, _ in own)
        n_rows = None if side == "cdm" else sum(n or 0 for _, _, n in own)
        rows.append((side, "overall", EVERYONE, n_people, n_rows))
        rows += [(side, "part", *part) for part in own]
    return pl.DataFrame(
        rows, schema=["side", "attribute", "part", "n_people", "n_rows"], orient="row"
    )
