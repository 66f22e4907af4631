"""Hand the published risk list to the room that writes files for others."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError, ContractBreachError
from analytics.exports import FORMATS, ExportRecord, export_risk_list
from analytics.exports.risk_list import ExportFormat
from analytics.pipelines.built_workspace import check_is_built
from analytics.pipelines.study_results import list_withheld, run_id_of
from analytics.settings import current_settings
from analytics.studies import Study, load_study
from analytics.warehouse import Workspace, read_published


def export_list(
    name: str, *, out: Path, purpose: str, workspace: Path, everyone: bool
) -> ExportRecord:
    """Write the published risk list of a study and log it; within capacity unless `everyone`.

    Raises ContractBreachError where what the study found does not count, or is not what is
    published.
    """
    place = Workspace(root=workspace)
    as_format = _format(out)
    study = load_study(name)
    if not isinstance(study, Study):
        raise BadInputError(f"{study.name} is a pathway study and has no risk list.")
    listed = read_published(place.published, "risk_list").filter(pl.col("study") == study.name)
    check_counts(listed, study.name, place)
    if listed.is_empty():
        raise BadInputError(
            f"Nobody is on the risk list of {study.name} in {workspace}. "
            f"Make one first: catchment run {study.name} --workspace {workspace}"
        )
    chosen = listed if everyone else listed.filter("is_flagged")
    return export_risk_list(
        chosen,
        out,
        format=as_format,
        study=study.name,
        study_title=study.title,
        user=current_settings().user,
        purpose=purpose,
        filters="everyone scored" if everyone else "people within the team's capacity",
        intended_use=study.intended_use,
        log=place.exports / "log.jsonl",
        exported_at=datetime.now(UTC),
    )


def check_counts(listed: pl.DataFrame, study: str, place: Workspace) -> None:
    """Raise ContractBreachError where published rows of a study's risk list count no more.

    The study is stopped or out of date, or has found something else since. Raises BadInputError
    for a workspace whose last build did not come to its end.
    """
    check_is_built(place)
    withheld = list_withheld(place, where=f" --workspace {place.root}")
    if study in withheld:
        raise ContractBreachError(withheld[study])
    if not listed.is_empty() and set(listed["run_id"]) != {run_id_of(study, place)}:
        raise ContractBreachError(
            f"What is published of {study} is not what it found last. "
            f"Publish anew: catchment publish --workspace {place.root}"
        )


def _format(out: Path) -> ExportFormat:
    for known in FORMATS:
        if out.suffix.lower() == f".{known}":
            return known
    raise BadInputError(
        f"{out} ends in '{out.suffix}', which is not a format of the risk list. "
        f"End it in .{' or .'.join(FORMATS)}."
    )
