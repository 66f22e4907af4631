"""The manifest of a covariate run: of what it was made, with which warnings, and what is beside it.

It is written last, so that where it stands the files it names are whole.
"""

import json
from collections.abc import Sequence
from pathlib import Path

from analytics import __version__
from analytics.features.prespecified.settling import Settled
from analytics.pipelines import fingerprints
from analytics.pipelines.feature_files import FILES, Written
from analytics.pipelines.feature_plan import FeaturePlan
from analytics.pipelines.steps import write_aside

MANIFEST = "manifest.json"
THE_CDMS_OWN = "the CDM's own, as they come"
TABLES_TOLD = ("condition_era", "drug_era", "concept_ancestor")


def write_manifest(
    out: Path,
    plan: FeaturePlan,
    settled: Settled,
    written: Written,
    warnings: Sequence[str],
    *,
    n_shards: int,
) -> None:
    """Write what the files in `out` are, and are made of."""
    request, rows = plan.request, plan.cohort.rows
    described = {
        "made_by": f"catchment {__version__}",
        "settings": request.settings,
        "end_day": plan.settings.end_day,
        "engine": request.engine,
        "cdm": str(plan.source.path),
        "read_from_the_cdm": {
            table: THE_CDMS_OWN if table in plan.source.locations else "missing, taken as empty"
            for table in TABLES_TOLD
            if table in plan.columns
        },
        "cohort": str(request.cohort),
        "row_id": (
            "the cohort file has none: its rows were numbered from 1 in their order; see "
            "rows.parquet"
            if plan.cohort.is_numbered
            else "as in the cohort file"
        ),
        "n_rows": rows.height,
        "n_people": rows["subject_id"].n_unique(),
        "n_covariates": settled.covariate_ref["covariate_id"].n_unique(),
        "n_values": written.n_values,
        "memory_gib": plan.memory_gib,
        "n_shards": n_shards,
        "warnings": list(warnings),
        "key": plan.key,
        "inputs": dict(plan.inputs),
        "files": {name: fingerprints.of_file(out / name) for name in FILES},
    }
    write_aside(out / MANIFEST, json.dumps(described, indent=1) + "\n")


def is_done(manifest: Path, key: str) -> bool:
    """Whether the files beside the manifest were made of just this, and are unchanged."""
    try:
        described = json.loads(manifest.read_text())
        files = described["files"]
    except (FileNotFoundError, ValueError, KeyError):
        return False
    return bool(
        described.get("key") == key
        and set(files) == set(FILES)
        and all(fingerprints.of_file(manifest.parent / name) == files[name] for name in FILES)
    )


def told_in(manifest: Path) -> tuple[str, ...]:
    """The warnings that a manifest repeats."""
    return tuple(json.loads(manifest.read_text())["warnings"])
