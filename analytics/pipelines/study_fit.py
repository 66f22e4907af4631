"""Are the data fit for this study? Only what the study uses can stop it; a waiver is signed.

A check past its limit on a table or field that the study uses (see `study_uses.py`) stops it; one
of single concepts only where the study uses these: a concept set of its cohorts or events holds
them, or they are recorded often enough to be covariates.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from analytics.contracts import load_contracts
from analytics.errors import BadInputError, ContractBreachError
from analytics.pipelines.pathway_sources import DRUG_ERA
from analytics.pipelines.pathway_tables import RESULTS as OF_PATHWAYS
from analytics.pipelines.study_uses import Kind, Part, list_parts
from analytics.pipelines.waivers import WAIVERS, Waiver, check_waivers, load_waivers
from analytics.quality.fit_checks import message_past_limit
from analytics.quality.people_behind import in_columns
from analytics.settings import current_settings
from analytics.studies import PathwayStudy, Study
from analytics.warehouse import Workspace, concepts_below, read_landed
from analytics.warehouse.dbt_graph import read_graph, results_of_marts

FIT_CHECKS = "fit_check.parquet"
OF_NO_STUDY = frozenset({"quality_check", "ohdsi_check", "run_step"})
NOTHING: frozenset[str] = frozenset()
MOST_SHOWN = 5
IMPACT: tuple[Kind, ...] = ("cohorts", "covariates", "events")
TOLD: dict[str, pl.DataType | type[pl.DataType]] = {
    "check_id": pl.String,
    "table_name": pl.String,
    "column_name": pl.String,
    "place": pl.String,
    "rule": pl.String,
    "n_violated": pl.Int64,
    "n_rows": pl.Int64,
    "share": pl.Float64,
    "limit_share": pl.Float64,
    "is_past_limit": pl.Boolean,
    "concept_ids": pl.List(pl.Int64),
    "n_people": pl.Int64,
    "n_people_violated": pl.Int64,
    "n_people_kept": pl.Int64,
}


@dataclass(frozen=True, kw_only=True)
class Unfit:
    """A check past its limit on what the study uses, and the parts of the study it concerns.

    `waiver` counts; where none does, `expired` is the one that did last, and `of_others` are the
    studies that it is signed for.
    """

    check_id: str
    message: str
    parts: tuple[Part, ...]
    waiver: Waiver | None = None
    expired: Waiver | None = None
    of_others: tuple[str, ...] = ()


def check_fit(study: Study | PathwayStudy, place: Workspace) -> None:
    """Raise ContractBreachError where data that the study uses are past a limit without a waiver.

    Raises BadInputError for waivers that cannot be taken.
    """
    stopping = list_stopping(study, place)
    if not stopping:
        return
    lines = [
        f"  - {one.check_id}\n    {one.message}\n{_not_counting(one)}{_impact(one)}"
        for one in stopping[:MOST_SHOWN]
    ]
    more = len(stopping) - len(lines)
    lines += [f"  - and {more} more"] * (more > 0)
    if isinstance(study, Study):
        lines.append(f"  models: {', '.join(study.models)}")
    lines.append(f"  marts: {', '.join(marts_of(study, place))}")
    raise ContractBreachError(
        f"The CDM is past the limits at which {study.name} may run:\n"
        + "\n".join(lines)
        + f"\nSee {place.root / 'quality'}, correct the CDM, and build again; or sign a waiver for "
        f"'{stopping[0].check_id}' in {place.root / WAIVERS}."
    )


def list_stopping(study: Study | PathwayStudy, place: Workspace) -> tuple[Unfit, ...]:
    """Each check past its limit on what the study uses for which no waiver counts."""
    return tuple(one for one in list_unfit(study, place) if one.waiver is None)


def waived(study: Study | PathwayStudy, place: Workspace) -> tuple[str, ...]:
    """What the study runs on although it is past its limit: a sentence each, with who signed.

    It travels with the model, so it names the check and no number of rows, which may be small.
    """
    return tuple(
        f"{one.check_id} is past its limit. Waived by {one.waiver.signed_by} on {one.waiver.day} "
        f"until {one.waiver.last_day}: {one.waiver.reason}"
        for one in list_unfit(study, place)
        if one.waiver is not None
    )


def list_unfit(study: Study | PathwayStudy, place: Workspace) -> tuple[Unfit, ...]:
    """Each check past its limit on what the study uses, with the waiver that it has."""
    waivers = load_waivers(place.root / WAIVERS)
    checks = _checks(place.root / "quality")
    check_waivers(waivers, frozenset(checks["check_id"]), place.root / WAIVERS)
    past = checks.filter("is_past_limit").sort("check_id")
    if past.is_empty():
        return ()
    parts = list_parts(study, read_graph(place), has_drug_eras=has_drug_eras(place))
    if unknown := [part.model for part in parts if not part.fields]:
        raise BadInputError(
            f"dbt does not say what {study.name} uses of the CDM (it knows no model "
            f"'{unknown[0]}' in {place.dbt / 'target'}), so nobody knows whether the data are fit "
            f"for it. Build again: catchment build --cdm CDM --workspace {place.root}"
        )
    found = []
    for row in past.iter_rows(named=True):
        using = [part for part in parts if part.uses(row["table_name"], row["column_name"])]
        concerned = _of_concepts(using, row["concept_ids"], row["n_rows"], place)
        signed = [one for one in waivers if one.meets(row["check_id"], study.name)]
        counting = [one for one in signed if not one.has_expired]
        if concerned:
            found.append(
                Unfit(
                    check_id=row["check_id"],
                    message=message_past_limit(
                        place=row["place"],
                        rule=row["rule"],
                        n_violated=row["n_violated"],
                        n_rows=row["n_rows"],
                        limit_share=row["limit_share"],
                        behind=in_columns(row),
                        smallest_cell=current_settings().smallest_cell,
                    ),
                    parts=concerned,
                    waiver=next(iter(counting), None),
                    expired=None if counting else max(signed, key=_last_day, default=None),
                    of_others=tuple(
                        one.study
                        for one in waivers
                        if one.check_id == row["check_id"] and one.study and one not in signed
                    ),
                )
            )
    return tuple(found)


def marts_of(study: Study | PathwayStudy, place: Workspace) -> tuple[str, ...]:
    """The marts that hold what a study of that kind found."""
    made_from = results_of_marts(place)
    found = {name: made_from.get(name, NOTHING) - OF_NO_STUDY for name in load_contracts("marts")}
    is_pathway = isinstance(study, PathwayStudy)
    return tuple(
        name
        for name, tables in found.items()
        if tables and bool(tables & set(OF_PATHWAYS)) == is_pathway
    )


def _checks(folder: Path) -> pl.DataFrame:
    """One row for each check that the build made, with what is told of it.

    Raises BadInputError where what the build found of the data is gone.
    """
    file = folder / FIT_CHECKS
    # A build of before did not write down what is past its limit.
    if not file.is_file() or "is_past_limit" not in pl.read_parquet_schema(file):
        raise BadInputError(
            f"{file} is not there, or another version wrote it, so nobody knows whether the data "
            "are fit for a study. "
            f"Build again: catchment build --cdm CDM --workspace {folder.parent}"
        )
    frames = [
        pl.read_parquet(folder / name)
        for name in ("quality_check.parquet", FIT_CHECKS)
        if (folder / name).is_file()
    ]
    told = [frame.select(name for name in TOLD if name in frame.columns) for frame in frames]
    place = pl.concat_str("table_name", "column_name", separator=".", ignore_nulls=True)
    return pl.concat([pl.DataFrame(schema=TOLD), *told], how="diagonal").with_columns(
        pl.coalesce("place", place)
    )


def _of_concepts(
    parts: Sequence[Part], concept_ids: Sequence[int] | None, n_rows: int | None, place: Workspace
) -> tuple[Part, ...]:
    """Of these parts those that use the concepts; all of them where the check is of none."""
    if not concept_ids:
        return tuple(parts)
    return tuple(
        part
        for part in parts
        if not _concepts_of(part, place).isdisjoint(concept_ids)
        or (part.all_concepts_from is not None and (n_rows or 0) >= part.all_concepts_from)
    )


def _concepts_of(part: Part, place: Workspace) -> set[int]:
    """The members of its concept sets, and the concepts it names with all below them."""
    members = (
        read_landed(place, "concept_set_member")
        .filter(pl.col("concept_set").is_in(list(part.sets)))
        .select("concept_id")
        .collect()
    )
    named = concepts_below(place, part.concepts)["concept_id"] if part.concepts else ()
    return {*members["concept_id"], *named}


def has_drug_eras(place: Workspace) -> bool:
    """Whether the CDM has drug eras of its own."""
    return not read_landed(place, DRUG_ERA).head(1).collect().is_empty()


def _last_day(waiver: Waiver) -> date:
    return waiver.last_day


def _not_counting(unfit: Unfit) -> str:
    """Lines about the waivers of the check that do not count here."""
    gone, said = unfit.expired, ""
    if gone is not None:
        said = f"    The waiver of {gone.signed_by} of {gone.day} expired on {gone.last_day}.\n"
    if unfit.of_others:
        said += f"    A waiver is signed for {', '.join(unfit.of_others)}, not for this study.\n"
    return said


def _impact(unfit: Unfit) -> str:
    """Whom a check concerns, a line for each kind of part."""
    names = {kind: [one.name for one in unfit.parts if one.kind == kind] for kind in IMPACT}
    said = [f"    {kind}: {', '.join(named)}" for kind, named in names.items() if named]
    if any(one.kind == "people" for one in unfit.parts):
        said.insert(0, "    everybody in the study")
    return "\n".join(said)
