"""Where a simulated CDM goes: a folder of Parquet files, or one DuckDB file.

Either is made aside, in a hidden folder beside it, and takes its name when it is whole.
"""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from analytics.errors import BadInputError
from analytics.simulator.writing.cdm_tables import TRUTH
from analytics.simulator.writing.duckdb_file import ENDINGS, write_duckdb_file

Format = Literal["parquet", "duckdb"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """A place that was asked for, and the hidden folder beside it."""

    out: Path
    format: Format = "parquet"

    @property
    def aside(self) -> Path:
        """Where everything is written first."""
        return self.out.parent / f".{self.out.name}.being-written"

    @property
    def truth(self) -> Path:
        """Where what only the simulator knows goes: inside the folder, or beside the file."""
        if self.format == "parquet":
            return self.out / TRUTH
        return self.out.with_suffix(f".{TRUTH}")

    def prepare(self) -> None:
        """Refuse a place that is taken; make the folder aside, empty."""
        self._check_is_free()
        with suppress(FileNotFoundError):
            shutil.rmtree(self.aside)
        try:
            (self.aside / TRUTH).mkdir(parents=True)
        except OSError as error:
            raise BadInputError(
                f"Cannot write to {self.out}: {error.strerror}. "
                f"Choose a place for --out that you may write to."
            ) from error

    def take(self) -> None:
        """Give the finished files their place."""
        if self.format == "duckdb":
            file = self.aside / self.out.name
            write_duckdb_file(self.aside, file)
            (self.aside / TRUTH).rename(self.truth)
            file.rename(self.out)
            return
        with suppress(FileNotFoundError):
            self.out.rmdir()
        self.aside.rename(self.out)

    def clear(self) -> None:
        """Remove what may be left aside."""
        shutil.rmtree(self.aside, ignore_errors=True)

    def _check_is_free(self) -> None:
        if self.format == "parquet":
            check_is_free(self.out)
            return
        if self.out.suffix not in ENDINGS:
            raise BadInputError(
                f"--out {self.out} is no name for a DuckDB file. Call it {self.out.name}.duckdb, "
                f"or leave --format duckdb away for a folder."
            )
        for taken in (self.out, self.truth):
            if taken.exists():
                raise BadInputError(
                    f"{taken} is there already. Choose another name for --out, or remove it."
                )


def check_is_free(out: Path) -> None:
    """Refuse a place for a folder where something is: a file, or a folder that is not empty."""
    if out.is_dir() and any(out.iterdir()):
        raise BadInputError(
            f"The folder {out} is not empty. Choose a new folder for --out, or empty this one."
        )
    if out.exists() and not out.is_dir():
        raise BadInputError(f"{out} is a file. Choose a folder for --out.")
