"""A built workspace: what the build left beside the warehouse, and whether it came to its end."""

from collections.abc import Sequence

import polars as pl

from analytics.contracts.overrides import Override, load_overrides
from analytics.errors import BadInputError
from analytics.pipelines import fingerprints
from analytics.pipelines.steps import Runner, StepRecord
from analytics.quality.check_frame import FRAME
from analytics.warehouse import Workspace
from analytics.warehouse.dbt_graph import MANIFEST

CHECKS = "quality_check.parquet"
OHDSI_CHECKS = "ohdsi_check.parquet"
CHECKED = "checked_tables.txt"
"""Beside the checks, the fingerprints of the tables that they speak of and of the site's limits."""
OVERRIDES = "overrides.yaml"


def check_is_built(place: Workspace) -> None:
    """Raise BadInputError when the workspace was never built, or its last build did not end."""
    runner = Runner(place.state)
    names = ("land", "cohort_layer", "land_events")
    landed, layered, written = (runner.remembered(name) for name in names)
    tables, limits = checked_prints(place)
    if (
        landed is None
        or layered is None
        or written is None
        or not place.warehouse.is_file()
        or not (place.dbt / MANIFEST).is_file()
        or tables != fingerprints.of_mapping(_tables_in(landed))
        or _tables_in(landed) != _tables_in(layered)
        or written.inputs["cohort_layer"] != fingerprints.of_mapping(layered.inputs)
    ):
        raise BadInputError(
            f"{place.root} is not a built workspace, or its last build did not come to its end. "
            f"Build it: catchment build --cdm CDM --workspace {place.root}"
        )
    if limits != print_of(overrides_of(place)):
        raise BadInputError(
            f"{place.root / OVERRIDES} is not what it was when the CDM was checked: the site's own "
            f"limits are others now. Build again: catchment build --cdm CDM "
            f"--workspace {place.root}"
        )


def checked_prints(place: Workspace) -> tuple[str, str]:
    """The fingerprints of the tables that were checked and of the site's limits; empty: unknown."""
    file = place.root / "quality" / CHECKED
    tables, _, limits = file.read_text().partition("\n") if file.is_file() else ("", "", "")
    return tables, limits


def quality_frame(place: Workspace) -> pl.DataFrame:
    """One row for each check of the landed CDM, as the check step left them."""
    return pl.read_parquet(place.root / "quality" / CHECKS)


def ohdsi_frame(place: Workspace) -> pl.DataFrame:
    """One row for each of OHDSI's checks that the build asked and that had something to look at.

    None for a workspace that was built before they were asked.
    """
    file = place.root / "quality" / OHDSI_CHECKS
    return pl.read_parquet(file) if file.is_file() else pl.DataFrame(schema=dict(FRAME))


def overrides_of(place: Workspace) -> tuple[Override, ...]:
    """The site's own limits, of `overrides.yaml` in the workspace; none where there is no file."""
    site = place.root / OVERRIDES
    return load_overrides(site) if site.is_file() else ()


def print_of(overrides: Sequence[Override]) -> str:
    """The fingerprint of a site's own limits."""
    return fingerprints.of_text("\n".join(map(repr, overrides)))


def _tables_in(record: StepRecord) -> dict[str, str]:
    return {name: key for name, key in record.inputs.items() if name.startswith("table:")}
