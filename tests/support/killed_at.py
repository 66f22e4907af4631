"""Run `catchment` and die by SIGKILL in the middle of one piece of writing.

    python -m tests.support.killed_at HOW WHERE COMMAND …

HOW says which way of writing is watched, WHERE is a piece of the file's path or of the statement.
The first writing that fits is done by half, then the process kills itself. All is patched from
outside, before the command is loaded; the product knows nothing of it.

    parquet     polars: half of the file's bytes are written
    rows        pyarrow: a first group of rows is written, the file is never closed
    file        pathlib, text or bytes: half of the content is written
    rename      pathlib: everything is written, but not yet renamed in
    renamed     pathlib: renamed in, but whatever comes after it has not happened
    statement   DuckDB: the statement is done, its transaction is not committed
    copy        DuckDB: half of the file that the statement writes is there
"""

import io
import os
import re
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.parquet as pq

SIGN = "killed in the middle of"


def die(what: object) -> None:
    """Say where, then be gone at once: no handler runs, nothing is flushed or rolled back."""
    os.write(2, f"{SIGN} {' '.join(str(what).split())}\n".encode())
    os.kill(os.getpid(), signal.SIGKILL)


def watch_parquet(where: str) -> None:
    """Half a Parquet file of polars."""
    write = pl.DataFrame.write_parquet

    def write_half(self, file, *arguments, **options):
        if not isinstance(file, str | Path) or where not in str(file):
            return write(self, file, *arguments, **options)
        whole = io.BytesIO()
        write(self, whole, *arguments, **options)
        Path(file).write_bytes(whole.getvalue()[: whole.tell() // 2])
        return die(file)

    pl.DataFrame.write_parquet = write_half


def watch_rows(where: str) -> None:
    """A Parquet file of pyarrow without its end."""
    write = pq.ParquetWriter.write_table

    def write_first(self, *arguments, **options):
        write(self, *arguments, **options)
        if where in str(self.where):
            die(self.where)

    pq.ParquetWriter.write_table = write_first


def watch_file(where: str) -> None:
    """Half of a text, or half of some bytes."""
    for name in ("write_text", "write_bytes"):
        setattr(Path, name, _half_of(getattr(Path, name), where))


def _half_of(write: Callable[..., int], where: str) -> Callable[..., int]:
    def write_half(self, content, *arguments, **options):
        if where not in str(self):
            return write(self, content, *arguments, **options)
        write(self, content[: len(content) // 2], *arguments, **options)
        return die(self)

    return write_half


def watch_rename(where: str) -> None:
    """Just before a name is taken."""
    for name in ("rename", "replace"):
        setattr(Path, name, _unless_renamed(getattr(Path, name), where))


def _unless_renamed(rename: Callable[..., Path], where: str) -> Callable[..., Path]:
    def die_first(self, target):
        if where in str(self):
            die(self)
        return rename(self, target)

    return die_first


def watch_renamed(where: str) -> None:
    """Just after a name is taken."""
    for name in ("rename", "replace"):
        setattr(Path, name, _once_renamed(getattr(Path, name), where))


def _once_renamed(rename: Callable[..., Path], where: str) -> Callable[..., Path]:
    def die_after(self, target):
        taken = rename(self, target)
        if where in str(self):
            die(self)
        return taken

    return die_after


class Watched:
    """A DuckDB connection or cursor whose statements are looked at."""

    def __init__(self, real: duckdb.DuckDBPyConnection, after: Callable[[str], None]) -> None:
        self._real = real
        self._after = after

    def execute(self, statement, *arguments):
        """Do the statement, then look at it."""
        done = self._real.execute(statement, *arguments)
        self._after(str(statement))
        return done

    def cursor(self):
        """A cursor that is looked at too."""
        return Watched(self._real.cursor(), self._after)

    def __getattr__(self, name):
        return getattr(self._real, name)

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self._real.close()


def watch_statement(where: str) -> None:
    """A statement done in a transaction that is never committed."""

    def after(statement: str) -> None:
        if where in statement.lower():
            die(statement[:200])

    _watch_connections(after)


def watch_copy(where: str) -> None:
    """Half of a file that DuckDB writes."""

    def after(statement: str) -> None:
        target = re.search(r" to '([^']+)'", statement)
        if target and where in target[1]:
            file = Path(target[1])
            os.truncate(file, file.stat().st_size // 2)
            die(file)

    _watch_connections(after)


def _watch_connections(after: Callable[[str], None]) -> None:
    connect = duckdb.connect
    duckdb.connect = lambda *arguments, **options: Watched(connect(*arguments, **options), after)


WATCHES = {
    "parquet": watch_parquet,
    "rows": watch_rows,
    "file": watch_file,
    "rename": watch_rename,
    "renamed": watch_renamed,
    "statement": watch_statement,
    "copy": watch_copy,
}


if __name__ == "__main__":
    how, where, *command = sys.argv[1:]
    WATCHES[how](where)
    sys.argv = ["catchment", *command]

    from analytics.cli import main

    main()
