"""Refuse an `--out` that cannot be written, before anything is computed for it."""

from pathlib import Path
from tempfile import TemporaryFile

from analytics.errors import BadInputError


def prepare_folder(out: Path) -> None:
    """Make the folder. Raises BadInputError where nothing can be written in it."""
    _prepare(out, out)


def prepare_file(out: Path, *, such_as: str) -> None:
    """Make the folder that the file goes into. Raises BadInputError as `prepare_folder` does."""
    if out.is_dir():
        raise BadInputError(f"--out {out} is a folder. Name a file, e.g. {out / such_as}")
    _prepare(out.parent, out)


def _prepare(folder: Path, out: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except FileExistsError:
        told = f"--out {out} cannot be written: {folder} is a file. Name a folder."
        raise BadInputError(told) from None
    except OSError as error:
        raise BadInputError(f"--out {out} cannot be written: {error.strerror}.") from None
