"""Pieces of covariates: what one table gives for one shard of people, each in a folder of its own.

A folder is filled aside and renamed, so that one that is there is whole: a run that was killed
goes on behind the last of them.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from analytics.features.making import made_by
from analytics.features.prespecified.build import rows_read_by
from analytics.features.prespecified.definitions import Made
from analytics.features.prespecified.settling import ANSWERED, MADE, Found, found_in
from analytics.features.prespecified.tables import Cdm
from analytics.features.settings import FeatureSettings
from analytics.pipelines.steps import replace_folder

if TYPE_CHECKING:
    from analytics.features.native.prespecified_pass import NativePass

COVARIATES, ANSWERS, READ = "covariates", "answered", "read.parquet"
# Only the native pass knows these as it goes; else they are looked for in the covariates.
PRESENT, PAIRS = "present.parquet", "pairs.parquet"
NATIVE = "native"


@dataclass(frozen=True, kw_only=True)
class Piece:
    """What one table gave for one shard, on disk."""

    folder: Path

    def covariates(self) -> pl.LazyFrame:
        """One row for each covariate value, with its analysis."""
        return _scan(self.folder / COVARIATES, MADE)

    def answered(self) -> pl.LazyFrame:
        """One row for each covariate value of a concept with its answer."""
        return _scan(self.folder / ANSWERS, ANSWERED)

    def found(self) -> Found:
        """What the piece found, without the people."""
        read = pl.read_parquet(self.folder / READ)
        if (self.folder / PRESENT).is_file():
            present = pl.read_parquet(self.folder / PRESENT)
            return Found(present=present, pairs=pl.read_parquet(self.folder / PAIRS), read=read)
        return found_in(self.covariates(), self.answered(), read)

    def n_values(self) -> int:
        """How many covariate values it has."""
        frames = [self.covariates(), self.answered()]
        return sum(int(frame.select(pl.len()).collect().item()) for frame in frames)


def make_pieces(
    cdm: Cdm,
    dates: pl.DataFrame,
    settings: FeatureSettings,
    folder: Path,
    *,
    native: "NativePass | None",
    on_table: Callable[[str], None],
) -> list[Piece]:
    """The pieces of one shard in `folder`; those that stand there are taken as they are.

    `native` makes what it serves, unless it meets a concept id that it cannot hold; the portable
    definition makes the rest, or all.
    """
    pieces = []
    rest, called = settings, "all"
    if native is not None and native.served:
        on_table("tables in one pass")
        piece = Piece(folder=folder / NATIVE)
        if piece.folder.is_dir() or _write_natively(native, dates, piece.folder):
            pieces.append(piece)
            left = tuple(each for each in settings.prespecified if each not in native.served)
            rest, called = replace(settings, prespecified=left), "rest"
    for number, (name, made) in enumerate(made_by(cdm, dates, rest)):
        on_table(name)
        piece = Piece(folder=folder / f"{called}-{number:03}-{name}")
        if not piece.folder.is_dir():
            _write(cdm, made, piece.folder)
        pieces.append(piece)
    return pieces


def _write_natively(native: "NativePass", dates: pl.DataFrame, folder: Path) -> bool:
    """Write the piece of the native pass; False where it met what it cannot hold."""
    # Only who has a native pass has waited for numba.
    from analytics.features.native.person_sorted import NotServedError

    def fill(partial: Path) -> None:
        for name in (COVARIATES, ANSWERS):
            (partial / name).mkdir()
        parts = []
        for number, of_shard in enumerate(native.find(dates)):
            of_shard.covariates().write_parquet(partial / COVARIATES / f"{number:05}.parquet")
            of_shard.answers().write_parquet(partial / ANSWERS / f"{number:05}.parquet")
            parts.append(of_shard.found())
        found = Found.of_all(parts)
        found.present.write_parquet(partial / PRESENT)
        found.pairs.write_parquet(partial / PAIRS)
        found.read.write_parquet(partial / READ)

    try:
        replace_folder(folder, fill)
    except NotServedError:
        return False
    return True


def _write(cdm: Cdm, made: Made, folder: Path) -> None:
    folder.parent.mkdir(parents=True, exist_ok=True)

    def fill(partial: Path) -> None:
        if made.covariates is not None:
            cdm.sink(made.covariates, partial / COVARIATES)
        if made.answered is not None:
            cdm.sink(made.answered, partial / ANSWERS)
        rows_read_by(cdm, made).write_parquet(partial / READ)

    replace_folder(folder, fill)


def _scan(folder: Path, columns: Mapping[str, type[pl.DataType]]) -> pl.LazyFrame:
    if not any(folder.glob("*.parquet")):
        return pl.LazyFrame(schema=columns)
    return pl.scan_parquet(folder / "*.parquet").select(
        pl.col(name).cast(kind) for name, kind in columns.items()
    )
