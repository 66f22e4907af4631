"""What a covariate run was asked for, read and checked before any work."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.features.making import check_settings, event_tables, tables_read
from analytics.features.prespecified.cohort_rows import index_dates
from analytics.features.prespecified.tables import columns_of
from analytics.features.settings import FeatureSettings, read_feature_settings
from analytics.pipelines import fingerprints
from analytics.pipelines.feature_rows import CohortFile, read_cohort_file
from analytics.pipelines.feature_shards import records_at_once
from analytics.pipelines.feature_sources import open_source, source_fingerprints
from analytics.settings import current_settings
from analytics.warehouse import CdmSource

Engine = Literal["polars", "spark"]
CODE = (
    "features",
    "days",
    *(f"pipelines/feature_{name}" for name in ("files", "pieces", "plan", "rows", "shards")),
    "pipelines/making_features",
    "pipelines/matrix_file",
    "warehouse/cdm_files",
)


@dataclass(frozen=True, kw_only=True)
class FeatureRequest:
    """What is asked: covariates of whom, of which CDM, by which settings, where to.

    Either `cdm` or `workspace` is given. `settings` is a preset's name or a file's path; `end_day`
    replaces its own (None: as it says; a preset's is -1). `memory_gib` is the most memory to take
    (None: the site's setting). `is_portable`: by the portable definition alone, also where the
    native pass would serve.
    """

    cohort: Path
    settings: str
    out: Path
    cdm: Path | None = None
    workspace: Path | None = None
    end_day: int | None = None
    engine: Engine = "polars"
    memory_gib: float | None = None
    is_portable: bool = False


@dataclass(frozen=True, kw_only=True)
class FeaturePlan:
    """A request that can be met: what was handed in, opened, and fingerprinted as `inputs`."""

    request: FeatureRequest
    source: CdmSource
    settings: FeatureSettings
    cohort: CohortFile
    memory_gib: float
    inputs: Mapping[str, str]

    @property
    def event_tables(self) -> list[str]:
        """The CDM's tables that covariates are made of, one after another."""
        return event_tables(self.settings)

    @property
    def columns(self) -> dict[str, tuple[str, ...]]:
        """The columns that are read of each table."""
        return {table: tuple(columns_of(table)) for table in tables_read(self.settings)}

    @property
    def key(self) -> str:
        """Fingerprint of all that the result depends on."""
        return fingerprints.of_mapping(self.inputs)


def read_request(request: FeatureRequest) -> FeaturePlan:
    """Open and check what was handed in; raises `BadInputError` for what cannot be used."""
    settings = read_feature_settings(request.settings, end_day=request.end_day)
    check_settings(settings)
    memory_gib = request.memory_gib or current_settings().memory_gib
    records_at_once(memory_gib)
    source = open_source(request.cdm, request.workspace)
    cohort = read_cohort_file(request.cohort)
    index_dates(cohort.rows)
    tables = source_fingerprints(source, request.workspace, tables_read(settings))
    return FeaturePlan(
        request=request,
        source=source,
        settings=settings,
        cohort=cohort,
        memory_gib=memory_gib,
        inputs={
            **{f"table:{name}": key for name, key in tables.items()},
            "cohort": fingerprints.of_frame(cohort.rows),
            "is_numbered": str(cohort.is_numbered),
            "settings": fingerprints.of_text(repr(settings)),
            "engine": request.engine,
            "is_portable": str(request.is_portable),
            "code": fingerprints.of_rooms(*CODE),
        },
    )
