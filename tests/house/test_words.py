"""The words of the house: one for each thing, and none of the banned ones."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
BANNED_FILES = {"utils", "helpers", "common", "base", "misc"}
BANNED_WORDS = re.compile(
    r"(?i)\b(patients?|y_true|y_pred|proba|cutoff|codelist|to_do|todo|fixme)\b"
)
# Other people's names for things, where we speak to their software or cite them.
ALLOWED = (
    "predict_proba",
    "PatientLevelPrediction",
    "patientlevelprediction",
    "Synthetic Patient",
    "y_true=",
    "y_pred=",
    "cutoff=",
)


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [ROOT / line for line in listed.stdout.splitlines() if (ROOT / line).is_file()]


def python_files() -> list[Path]:
    return [
        path
        for path in tracked("*.py")
        if path.parts[len(ROOT.parts)] in ("analytics", "dashboards")
    ]


def test_no_file_is_named_for_nothing():
    assert [path for path in tracked() if path.stem in BANNED_FILES] == []


def test_the_code_uses_the_words_of_the_house():
    found = []
    for path in [*python_files(), *tracked("dbt_project/*.sql")]:
        for number, line in enumerate(path.read_text().splitlines(), start=1):
            for allowed in ALLOWED:
                line = line.replace(allowed, "")
            if BANNED_WORDS.search(line):
                found.append(f"{path.relative_to(ROOT)}:{number}: {line.strip()}")

    assert found == []


def test_no_file_names_a_registry_or_a_path_of_one_machine():
    hosts = re.compile(
        r"py[p]i\.org|python[h]osted|registry\.[n]pmjs|deb\.[d]ebian|repo1?\.[m]aven"
    )
    paths = re.compile(r"(^|[^A-Za-z0-9_.\-])/(work|farm|root|home)/")
    found = []
    for path in tracked():
        if path.suffix in (".png", ".parquet") or path.name == "requirements.lock":
            continue
        text = path.read_text(errors="replace")
        found += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(text.splitlines(), start=1)
            if (hosts.search(line) or paths.search(line)) and "re.compile" not in line
        ]
    lock = (ROOT / "requirements.lock").read_text()

    assert found == []
    assert "http" not in lock


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(ROOT)))
def test_a_function_that_returns_a_frame_says_what_a_row_is(path):
    silent = [
        node.name
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and not node.name.startswith("_")
        and node.returns is not None
        and ast.unparse(node.returns) in ("pl.DataFrame", "pl.LazyFrame")
        and not re.search(r"(?i)\bone row (for each|only)\b", ast.get_docstring(node) or "")
    ]

    assert silent == [], "the docstring has no sentence 'One row for each …'"
