"""How the dashboard is started."""

import subprocess
import sys
from pathlib import Path

from dashboards.serve import Served, command, read_arguments


def test_it_listens_on_this_machine_only_and_sends_nothing():
    line = command(Path("there/published"), 8600, True)

    assert line[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert Path(line[4]).name == "app.py"
    assert Path(line[4]).is_absolute()
    assert "--server.address=127.0.0.1" in line
    assert "--server.port=8600" in line
    assert "--server.headless=true" in line
    assert "--browser.gatherUsageStats=false" in line


def test_what_the_command_hands_over_is_what_the_app_reads():
    line = command(Path("there/published"), 8600, False, shows_people=False)
    handed_over = line[line.index("--") + 1 :]

    assert read_arguments(handed_over) == Served(
        published=Path("there/published"), shows_people=False
    )
    assert read_arguments(["--published", "here"]) == Served(published=Path("here"))
    assert read_arguments([]) == Served(published=Path("workspace/published"))


def test_it_explains_itself_from_any_folder(tmp_path):
    asked = [sys.executable, "-m", "dashboards.serve", "--help"]
    answer = subprocess.run(
        asked, cwd=tmp_path, capture_output=True, text=True, check=True,
        env={"PYTHONPATH": str(Path(__file__).resolve().parents[3])},
    )  # fmt: skip

    assert "--aggregates-only" in answer.stdout
