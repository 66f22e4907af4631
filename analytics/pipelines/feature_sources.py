"""Where covariates are read from: a CDM as it lies, or the one that a workspace has landed."""

from collections.abc import Collection
from pathlib import Path

from analytics.errors import BadInputError
from analytics.pipelines.built_workspace import check_is_built
from analytics.pipelines.steps import Runner
from analytics.warehouse import CdmSource, Workspace, open_cdm
from analytics.warehouse.landed_cdm import open_landed_cdm


def open_source(cdm: Path | None, workspace: Path | None) -> CdmSource:
    """The CDM that is meant. Raises `BadInputError` unless exactly one of the two is given."""
    if (cdm is None) == (workspace is None):
        both = "both were given" if cdm else "neither was given"
        raise BadInputError(
            f"covariates are made from --cdm CDM or from --workspace W; {both}. Give one of them."
        )
    if cdm is not None:
        return open_cdm(cdm)
    assert workspace is not None
    place = Workspace(root=workspace)
    check_is_built(place)
    return open_landed_cdm(place)


def source_fingerprints(
    source: CdmSource, workspace: Path | None, tables: Collection[str]
) -> dict[str, str]:
    """Fingerprint of the content of each of these tables that is there.

    What a workspace has landed was fingerprinted when it was landed.
    """
    if workspace is not None:
        landed = Runner(Workspace(root=workspace).state).remembered("land")
        if landed is not None:
            return {
                name: landed.inputs[f"table:{name}"]
                for name in tables
                if name in source.locations and f"table:{name}" in landed.inputs
            }
    return source.fingerprints(tables)
