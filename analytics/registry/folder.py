"""A package as a folder: written aside and renamed in, hashed file by file, checked when read.

`manifest.json` names each file with its SHA-256; the model id is a hash of those hashes, so the
same content has the same id wherever and whenever it is made.
"""

import hashlib
import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import polars as pl

from analytics.errors import BadInputError
from analytics.models import Recalibration, TrainedModel
from analytics.models.train import READERS
from analytics.registry.left_out import LeftOut
from analytics.registry.model_card import write_model_card
from analytics.registry.package import ModelPackage, StudyInWords, with_divisor
from analytics.registry.withhold import ShownCounts

FORMAT = 1
MANIFEST = "manifest.json"
MODEL_CARD = "model_card.md"
ID_LENGTH = 12


def save_package(package: ModelPackage, packages: Path) -> Path:
    """Write the package to `packages/<study>/<model id>` and return that folder.

    A package of the same content is there already under the same id: it is then left alone. A
    write that is cut short leaves a folder whose name begins with a dot, never half a package.
    """
    content = _content(package)
    model_id = _model_id({name: _sha256(data) for name, data in content.items()})
    folder = packages / package.study.name / model_id
    content[MODEL_CARD] = write_model_card(package, model_id).encode()
    manifest = {
        "format": FORMAT,
        "model_id": model_id,
        "files": {name: _sha256(data) for name, data in sorted(content.items())},
    }
    content[MANIFEST] = _json(manifest)
    if folder.is_dir():
        try:
            check_package(folder)
            return folder
        except BadInputError:
            shutil.rmtree(folder)
    for left_by_a_killed_run in folder.parent.glob(f".{model_id}.*"):
        shutil.rmtree(left_by_a_killed_run, ignore_errors=True)
    aside = folder.with_name(f".{model_id}.{os.getpid()}")
    aside.mkdir(parents=True)
    for name, data in content.items():
        (aside / name).write_bytes(data)
    aside.rename(folder)
    return folder


def load_package(folder: Path) -> ModelPackage:
    """Read a package, after checking that each file is what was saved."""
    check_package(folder)
    about = json.loads((folder / "about.json").read_bytes())
    model = json.loads((folder / "model.json").read_bytes())
    scorer = READERS[model["name"]]((folder / "scorer.json").read_text(encoding="utf-8"))
    return ModelPackage(
        study=StudyInWords(**about["study"]),
        study_yaml=(folder / "study.yaml").read_text(encoding="utf-8"),
        model=TrainedModel(
            scorer=scorer,
            recalibration=Recalibration(**model["recalibration"]),
            threshold=model["threshold"],
        ),
        covariates=with_divisor(pl.read_parquet(folder / "covariates.parquet")),
        learned_from=ShownCounts(**about["learned_from"]),
        evaluated_on=ShownCounts(**about["evaluated_on"]),
        validation=about["validation"],
        performance=pl.read_parquet(folder / "performance.parquet"),
        calibration=pl.read_parquet(folder / "calibration.parquet"),
        audit=pl.read_parquet(folder / "audit.parquet"),
        versions=json.loads((folder / "versions.json").read_bytes()),
        # A package of before says nothing of it.
        left_out=_left_out(folder, **about["left_out"]) if "left_out" in about else LeftOut(),
        waivers=tuple(about.get("waivers", ())),
    )


def _left_out(folder: Path, *, n_rare: int, redundant: Sequence[str]) -> LeftOut:
    return LeftOut(
        n_rare=n_rare,
        redundant=tuple(redundant),
        measured_units=pl.read_parquet(folder / "measured_units.parquet"),
    )


def model_id_of(package: ModelPackage) -> str:
    """The id the package has, or will have, in the registry."""
    return _model_id({name: _sha256(data) for name, data in _content(package).items()})


def check_package(folder: Path) -> str:
    """The model id, when every file is as saved; else BadInputError naming those that are not."""
    if not (folder / MANIFEST).is_file():
        raise BadInputError(
            f"{folder} is not a model package: it has no {MANIFEST}. Packages are the folders "
            "under packages/<study>/ in the workspace; `catchment run` makes them."
        )
    manifest = json.loads((folder / MANIFEST).read_bytes())
    files: dict[str, str] = manifest["files"]
    lost = [name for name in files if not (folder / name).is_file()]
    changed = [
        name
        for name, digest in files.items()
        if name not in lost and _sha256((folder / name).read_bytes()) != digest
    ]
    listed = {name: digest for name, digest in files.items() if name != MODEL_CARD}
    if _model_id(listed) != manifest["model_id"]:
        changed.append(MANIFEST)
    if lost or changed:
        found = [f"{name} is missing" for name in lost] + [
            f"{name} was changed" for name in changed
        ]
        raise BadInputError(
            f"the model package {folder.name} is not as it was saved: {', '.join(found)}. "
            "Run the study again, or take the package from where it was made."
        )
    return str(manifest["model_id"])


def _content(package: ModelPackage) -> dict[str, bytes]:
    """Every file that the id is made of."""
    about: dict[str, object] = {
        "study": asdict(package.study),
        "validation": package.validation,
        "learned_from": asdict(package.learned_from),
        "evaluated_on": asdict(package.evaluated_on),
        "left_out": {
            "n_rare": package.left_out.n_rare,
            "redundant": list(package.left_out.redundant),
        },
    }
    if package.waivers:
        about["waivers"] = list(package.waivers)
    model = {
        "name": package.model.name,
        "recalibration": asdict(package.model.recalibration),
        "threshold": package.model.threshold,
    }
    return {
        "about.json": _json(about),
        "audit.parquet": _parquet(package.audit),
        "calibration.parquet": _parquet(package.calibration),
        "covariates.parquet": _parquet(package.covariates),
        "measured_units.parquet": _parquet(package.left_out.measured_units),
        "model.json": _json(model),
        "performance.parquet": _parquet(package.performance),
        "scorer.json": package.model.scorer.to_json().encode(),
        "study.yaml": package.study_yaml.encode(),
        "versions.json": _json(dict(package.versions)),
    }


def _model_id(digests: dict[str, str]) -> str:
    lines = "".join(f"{name} {digest}\n" for name, digest in sorted(digests.items()))
    return _sha256(lines.encode())[:ID_LENGTH]


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _json(content: object) -> bytes:
    return (json.dumps(content, indent=2, sort_keys=True, ensure_ascii=False) + "\n").encode()


def _parquet(frame: pl.DataFrame) -> bytes:
    written = io.BytesIO()
    frame.write_parquet(written, compression="zstd")
    return written.getvalue()
