"""What a thing contains, as one short text: equal contents, equal fingerprints.

Steps are reused by content, never by time: touching a file changes nothing.
"""

import hashlib
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import polars as pl

from analytics.settings import house_root

SHORT = 16


def of_text(text: str) -> str:
    """Fingerprint of a text."""
    return hashlib.sha256(text.encode()).hexdigest()[:SHORT]


def of_mapping(values: Mapping[str, str]) -> str:
    """Fingerprint of names and values, whatever their order."""
    return of_text(json.dumps(dict(values), sort_keys=True))


def of_file(path: Path) -> str:
    """Fingerprint of a file's bytes; `absent` where there is none."""
    if not path.is_file():
        return "absent"
    digest = hashlib.sha256()
    with path.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()[:SHORT]


def of_folder(folder: Path, pattern: str = "*") -> str:
    """Fingerprint of the files below a folder: their relative names and bytes."""
    files = sorted(path for path in folder.rglob(pattern) if path.is_file())
    return of_mapping({str(path.relative_to(folder)): of_file(path) for path in files})


def of_frame(frame: pl.DataFrame) -> str:
    """Fingerprint of a frame: its columns, types and rows in their order."""
    buffer = io.BytesIO()
    frame.write_ipc(buffer, compat_level=pl.CompatLevel.oldest())
    return hashlib.sha256(buffer.getbuffer()).hexdigest()[:SHORT]


@cache
def of_rooms(*rooms: str) -> str:
    """Fingerprint of the code of some rooms of `analytics`, so that new code means new results.

    A room's tables belong to its code; its YAML are studies, which are inputs of their own.
    """
    package = Path(__file__).resolve().parents[1]
    found = {}
    for room in rooms:
        path = package / room
        if path.is_dir():
            found[room] = of_folder(path, "*.py") + of_folder(path, "*.csv")
        else:
            found[room] = of_file(path.with_suffix(".py"))
    return of_mapping(found)


@cache
def of_house(folder: str) -> str:
    """Fingerprint of the definitions in a folder of the house, e.g. `data_contracts/omop_cdm`."""
    root = house_root() / folder
    kept = {}
    for pattern in ("*.yaml", "*.yml", "*.sql", "*.csv"):
        kept[pattern] = of_mapping(
            {
                str(path.relative_to(root)): of_file(path)
                for path in sorted(root.rglob(pattern))
                if not {"target", "logs", "dbt_packages"} & set(path.relative_to(root).parts)
            }
        )
    return of_mapping(kept)
