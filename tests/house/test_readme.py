"""README and the command's own help tell the same story."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from analytics.cli import app

ROOT = Path(__file__).resolve().parents[2]
HEAVY = {"polars", "duckdb", "pandas", "numpy", "dbt", "sklearn", "xgboost", "streamlit", "pyspark"}
ROOT_COMMAND = typer.main.get_command(app)


def commands(group=ROOT_COMMAND, path=()):
    found = {}
    for name, command in group.commands.items():
        if hasattr(command, "commands"):
            found |= commands(command, (*path, name))
        else:
            found[*path, name] = command
    return found


def shown_commands() -> list[str]:
    text = (ROOT / "README.md").read_text()
    blocks = re.findall(r"```(?:bash|sh|console)?\n(.*?)```", text, flags=re.DOTALL)
    lines = [line.strip() for block in blocks for line in block.replace("\\\n", " ").splitlines()]
    return [line for line in lines if re.match(r"(\.venv/bin/)?catchment ", line)]


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_each_command_has_help_with_an_example_that_parses(path):
    command = commands()[path]
    example = re.search(r"Example: `([^`]+)`", command.help or "")

    assert example, f"{' '.join(path)} has no example"
    check_parses(example.group(1))


@pytest.mark.parametrize("path", commands(), ids=" ".join)
def test_each_command_stands_in_the_readme(path):
    assert f"catchment {' '.join(path)}" in (ROOT / "README.md").read_text()


def test_each_command_in_the_readme_parses():
    shown = shown_commands()

    assert len(shown) >= 5
    for line in shown:
        check_parses(line)


def check_parses(line: str) -> None:
    words = shlex.split(line.split(" > ")[0].split(" #")[0])
    assert Path(words[0]).name == "catchment"
    path = max((path for path in commands() if tuple(words[1 : 1 + len(path)]) == path), key=len)
    command = commands()[path]
    command.make_context(path[-1], words[1 + len(path) :], resilient_parsing=False)


def test_each_make_target_in_the_readme_exists():
    makefile = (ROOT / "Makefile").read_text()
    for target in re.findall(r"\bmake ([a-z]+)\b", (ROOT / "README.md").read_text()):
        assert re.search(rf"^{target}:", makefile, flags=re.MULTILINE), target


def test_help_answers_without_loading_anything_heavy():
    import subprocess
    import sys

    program = (
        "import sys\n"
        "from analytics.cli import app\n"
        "try:\n    app(['--help'])\nexcept SystemExit:\n    pass\n"
        f"print('HEAVY', sorted({HEAVY} & set(sys.modules)))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )

    assert "HEAVY []" in done.stdout
