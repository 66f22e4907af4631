"""What only the simulator can know is read by tests and notebooks, never by the product."""

import ast
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from analytics.simulator import simulate
from analytics.warehouse import open_cdm

ROOT = Path(__file__).resolve().parents[2]
TRUTH_ROOM = "analytics.simulator.truth"
# A string that is a path (or a module) of the truth, and one quoted inside a longer string.
A_PATH = re.compile(r"(\S*[/.])?truth([/.]\S*)?")
QUOTED = re.compile(r"""['"][^'"\s]*\btruth/""")


def product_files() -> list[Path]:
    """Every file of the product outside the simulator's own room that could read a file."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    rooms = ("analytics/", "dashboards/", "dbt_project/", "data_contracts/")
    kinds = (".py", ".sql", ".yml", ".yaml")
    return [
        ROOT / name
        for name in listed
        if name.startswith(rooms)
        and name.endswith(kinds)
        and not name.startswith("analytics/simulator/")
        and (ROOT / name).is_file()
    ]


def imported(text: str) -> set[str]:
    """Everything a Python file imports, `from a import b` as `a.b` too."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def faults(text: str, *, is_python: bool) -> list[str]:
    """What in this file reaches for the truth; prose, such as a help text, may speak of it."""
    if not is_python:
        return [line for line in text.splitlines() if "truth/" in line]
    reached = [name for name in imported(text) if f"{name}.".startswith(f"{TRUTH_ROOM}.")]
    strings = [
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]
    return reached + [each for each in strings if A_PATH.fullmatch(each) or QUOTED.search(each)]


def test_there_is_a_product_to_look_at():
    assert len(product_files()) > 200


def test_no_room_of_the_product_reaches_for_the_truth():
    reaching = {
        str(path.relative_to(ROOT)): found
        for path in product_files()
        if (found := faults(path.read_text("utf-8"), is_python=path.suffix == ".py"))
    }
    assert reaching == {}


@pytest.mark.parametrize(
    "text",
    [
        "from analytics.simulator.truth import read_truth",
        "import analytics.simulator.truth.reading",
        "from analytics.simulator import truth",
        "path = folder / 'truth'",
        "path = f'{folder}/truth/treatment.parquet'",
        "module = importlib.import_module('analytics.simulator.truth')",
        "module = importlib.import_module('analytics.simulator.truth.reading')",
        "connection.execute(\"select * from 'people/truth/treatment.parquet'\")",
    ],
)
def test_whoever_reached_for_it_would_be_found(text: str):
    assert faults(text, is_python=True)


@pytest.mark.parametrize(
    "text",
    [
        "from analytics.simulator import simulate",
        "x = 'the truth'",
        "help = 'Faults; OUT/truth/faults.json counts them.'",
    ],
)
def test_and_nobody_else(text: str):
    assert not faults(text, is_python=True)


def test_a_reader_of_the_cdm_sees_the_tables_and_nothing_of_the_truth(tmp_path: Path):
    folder = simulate(persons=40, seed=1, out=tmp_path / "cdm").folder
    files = sorted(path.name for path in (folder / "truth").iterdir())
    assert {"treatment.parquet", "profile.yaml"} <= set(files)
    # Even a file of the truth that had the name of a table.
    shutil.copy(folder / "truth" / "treatment.parquet", folder / "truth" / "specimen.parquet")

    source = open_cdm(folder)

    assert "person" in source.table_names
    assert "specimen" not in source.table_names
    assert not [
        place for place in source.locations.values() if "truth" in place[len(str(folder)) :]
    ]
    tables = {path.stem for path in folder.iterdir() if path.suffix == ".parquet"}
    assert set(source.table_names) <= tables
