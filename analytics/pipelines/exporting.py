"""Hand the published risk list to the room that writes files for others."""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError
from analytics.exports import FORMATS, ExportRecord, export_risk_list
from analytics.exports.risk_list import ExportFormat
from analytics.pipelines.study_fit import check_fit
from analytics.settings import current_settings
from analytics.studies import Study, load_study
from analytics.warehouse import Workspace, read_published


def export_list(
    name: str, *, out: Path, purpose: str, workspace: Path, everyone: bool
) -> ExportRecord:
    """Write the published risk list of a study and log it; within capacity unless `everyone`.

    Raises ContractBreachError where the data of the workspace are not fit for the study.
    """
    place = Workspace(root=workspace)
    as_format = _format(out)
    study = load_study(name)
    if not isinstance(study, Study):
        raise BadInputError(f"{study.name} is a pathway study and has no risk list.")
    listed = read_published(place.published, "risk_list").filter(pl.col("study") == study.name)
    if listed.is_empty():
        raise BadInputError(
            f"Nobody is on the risk list of {study.name} in {workspace}. "
            f"Make one first: catchment run {study.name} --workspace {workspace}"
        )
    check_fit(study, place)
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


def _format(out: Path) -> ExportFormat:
    for known in FORMATS:
        if out.suffix.lower() == f".{known}":
            return known
    raise BadInputError(
        f"{out} ends in '{out.suffix}', which is not a format of the risk list. "
        f"End it in .{' or .'.join(FORMATS)}."
    )
