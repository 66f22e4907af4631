"""Where the shared data and reference answers are, and what to do where they are not."""

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
DATA = SHARED / "data"
AGREEMENT = SHARED / "agreement"


def shared_data(name: str) -> Path:
    """The folder of a shared CDM; skips the test, saying so, where it is absent."""
    return _folder(DATA / name)


def shared_agreement(name: str) -> Path:
    """The folder of reference answers; skips the test, saying so, where it is absent."""
    return _folder(AGREEMENT / name)


def _folder(path: Path) -> Path:
    if not path.is_dir():
        pytest.skip(f"needs ../shared: {path.parent.name}/{path.name} is absent")
    return path
