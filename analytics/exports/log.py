"""The export log: one line of JSON for each export, each line sealed to the one before.

An entry carries the hash of the line before it (`previous_hash`) and of itself (`entry_hash`), so
an entry that was changed, removed from the middle or moved shows. What a chain cannot show is
that its last lines were cut off: keep a copy of the last `entry_hash` elsewhere to see that.
"""

import fcntl
import hashlib
import json
import os
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

FIRST_HASH = "0" * 64


@dataclass(frozen=True, kw_only=True)
class ExportRecord:
    """Who took what, when and why; `file_hash` is the SHA-256 of the file as it left."""

    exported_at: datetime
    user: str
    purpose: str
    study: str
    kind: str
    file_name: str
    file_hash: str
    filters: str
    columns: tuple[str, ...]
    n_rows: int
    n_people: int
    model_id: str
    run_id: str

    def __post_init__(self) -> None:
        if self.exported_at.tzinfo is None:
            raise ValueError(f"exported_at {self.exported_at} has no time zone; hand in a UTC time")


@dataclass(frozen=True, kw_only=True)
class LogCheck:
    """What `verify_log` found: how many entries stand, and each fault as a sentence."""

    n_entries: int
    faults: tuple[str, ...]

    @property
    def is_intact(self) -> bool:
        """Whether every line is an entry sealed to the one before it."""
        return not self.faults


def append_to_log(record: ExportRecord, log: Path) -> None:
    """Append the record as one sealed line, and wait until it is on disk.

    Two exports at once queue for the file's lock. A torn last line (power lost while writing) is
    closed and stays, for `verify_log` to name.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        written = file.read()
        if written and not written.endswith(b"\n"):
            file.write(b"\n")
        lines = written.splitlines()
        file.write(_sealed_line(record, _hash(lines[-1]) if lines else FIRST_HASH) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_log(log: Path) -> pl.DataFrame:
    """One row for each entry of the log, the newest first; empty where there is no log.

    Lines that are not entries are left out: `verify_log` names them.
    """
    entries = [_entry(line) for line in _lines(log)]
    rows = [
        {name: _shown(entry.get(name)) for name in _RECORD_COLUMNS} for entry in entries if entry
    ]
    schema = {name: pl.Int64 if name.startswith("n_") else pl.String for name in _RECORD_COLUMNS}
    return pl.DataFrame(rows[::-1], schema=schema)


def verify_log(log: Path) -> LogCheck:
    """Follow the chain from the first line and name each line that does not hold."""
    previous_hash, faults, n_entries = FIRST_HASH, [], 0
    for number, line in enumerate(_lines(log), start=1):
        entry = _entry(line)
        if entry is None:
            faults.append(f"line {number} is not an entry: it was torn or written by hand")
        else:
            n_entries += 1
            sealed = {name: value for name, value in entry.items() if name != "entry_hash"}
            if entry.get("previous_hash") != previous_hash:
                faults.append(f"line {number} does not follow the line before it")
            if entry.get("entry_hash") != _hash(_json(sealed)):
                faults.append(f"line {number} was changed after it was written")
        previous_hash = _hash(line)
    return LogCheck(n_entries=n_entries, faults=tuple(faults))


_RECORD_COLUMNS = tuple(field.name for field in fields(ExportRecord))


def _sealed_line(record: ExportRecord, previous_hash: str) -> bytes:
    entry: dict[str, object] = {
        **asdict(record),
        "exported_at": record.exported_at.astimezone(UTC).isoformat(timespec="seconds"),
        "previous_hash": previous_hash,
    }
    return _json({**entry, "entry_hash": _hash(_json(entry))})


def _lines(log: Path) -> list[bytes]:
    return log.read_bytes().splitlines() if log.is_file() else []


def _entry(line: bytes) -> dict[str, object] | None:
    try:
        entry = json.loads(line)
    except ValueError:
        return None
    return entry if isinstance(entry, dict) else None


def _shown(value: object) -> object:
    return ", ".join(str(part) for part in value) if isinstance(value, list) else value


def _json(entry: dict[str, object]) -> bytes:
    return json.dumps(entry, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
