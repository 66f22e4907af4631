"""A wheel built from the repository does the main job elsewhere, without the checkout."""

import os
import re
import site
import subprocess
import sys
import urllib.request
import venv
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

import analytics
from analytics.settings import house_root

pytestmark = pytest.mark.agreement

ROOT = Path(__file__).resolve().parents[2]
TRAVELS = {
    "dbt_project": "analytics/_house/dbt_project",
    "data_contracts": "analytics/_house/data_contracts",
    "dashboards": "dashboards",
    "analytics": "analytics",
}
STAYS = ("analytics/simulator/README.md", "analytics/simulator/pictures/")
"""Pages for readers of the repository; no command needs them."""
PERSONS = 1_500


@dataclass(frozen=True, kw_only=True)
class Installation:
    """A fresh environment that holds the wheel, and an empty folder to work in."""

    environment: Path
    workplace: Path

    @property
    def packages(self) -> Path:
        """Where the wheel was installed."""
        (found,) = self.environment.glob("lib/python*/site-packages")
        return found

    def variables(self) -> dict[str, str]:
        """The environment variables of somebody who has no checkout."""
        hidden = ("PYTHONPATH", "VIRTUAL_ENV")
        kept = {name: value for name, value in os.environ.items() if name not in hidden}
        return {**kept, "PYTHONDONTWRITEBYTECODE": "1"}

    def run(self, program: str, *words: str) -> str:
        """What a program of the environment prints; it must end well and be silent on stderr."""
        done = subprocess.run(
            [self.environment / "bin" / program, *words],
            cwd=self.workplace,
            env=self.variables(),
            capture_output=True,
            text=True,
            timeout=900,
        )
        assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr
        return done.stdout

    def files(self) -> dict[str, int]:
        """Every file of the installation, with the time of its last change."""
        return {
            str(path.relative_to(self.environment)): path.stat().st_mtime_ns
            for path in self.environment.rglob("*")
            if path.is_file() and not path.is_symlink()
        }


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built from the repository as it stands."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installation(wheel, tmp_path_factory):
    """The wheel in an environment of its own, which borrows only the libraries of this one.

    A path in a `.pth` file adds that folder, but the `.pth` files in it are not read: the editable
    checkout of this environment stays out of sight.
    """
    folder = tmp_path_factory.mktemp("elsewhere")
    venv.create(folder / "environment", with_pip=True)
    installed = Installation(environment=folder / "environment", workplace=folder / "work")
    installed.workplace.mkdir()
    installed.run(
        "python", "-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(wheel)
    )
    borrowed = [path for path in site.getsitepackages() if Path(path).is_dir()]
    (installed.packages / "borrowed.pth").write_text("\n".join(borrowed) + "\n")
    return installed


def test_everything_that_commands_need_travels(wheel):
    held = set(zipfile.ZipFile(wheel).namelist())
    listed = subprocess.run(
        ["git", "ls-files", *TRAVELS], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout.splitlines()
    missing = [
        name
        for name in listed
        for top, _, rest in [name.partition("/")]
        if (ROOT / name).is_file() and f"{TRAVELS[top]}/{rest}" not in held
        if not name.startswith(STAYS)
    ]

    assert len(listed) > 300
    assert missing == []


def test_nothing_else_travels(wheel):
    tops = {name.split("/")[0] for name in zipfile.ZipFile(wheel).namelist()}

    assert tops == {"analytics", "dashboards", f"catchment-{analytics.__version__}.dist-info"}
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if "/target/" in name]
    assert not [name for name in zipfile.ZipFile(wheel).namelist() if name.startswith(STAYS)]


def test_the_checkout_is_not_shadowed_by_a_copy_of_itself():
    assert house_root() == ROOT
    assert not (ROOT / "analytics" / "_house").exists()


def test_the_installed_code_is_the_one_that_runs(installation):
    asked = "import analytics, dashboards, sys; print(analytics.__file__, dashboards.__file__)"
    on_path = "print(*sys.path, sep='\\n')"

    said = installation.run("python", "-I", "-c", f"{asked}; {on_path}")

    for file in said.splitlines()[0].split():
        assert Path(file).is_relative_to(installation.packages)
    assert str(ROOT) not in said.splitlines()


def test_simulate_build_run_and_dashboard_work_and_write_nothing_into_the_installation(
    installation,
):
    before = installation.files()

    installation.run("catchment", "simulate", "--persons", str(PERSONS), "--out", "people")
    built = installation.run("catchment", "build", "--cdm", "people", "--workspace", "w")
    run = installation.run("catchment", "run", "readmission_30d", "--workspace", "w")

    assert f" {PERSONS:,} people " in built
    assert "Readmission within 30 days of discharge: performance" in run
    assert re.search(r"AUROC 0\.\d\d", run)
    counted = re.search(r"Population and outcomes +([\d,]+) people", run)
    assert counted
    check_dashboard(installation, n_people=counted[1])
    assert installation.files() == before
    assert {path.name for path in installation.workplace.iterdir()} == {
        ".people.state",
        "people",
        "w",
    }


def check_dashboard(installation: Installation, *, n_people: str) -> None:
    """It answers at the address it prints, ends when told to, and its page says what was found."""
    server = subprocess.Popen(
        [installation.environment / "bin" / "catchment", "dashboard", "--workspace", "w"],
        cwd=installation.workplace,
        env=installation.variables(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stdout is not None
        line = server.stdout.readline()
        found = re.search(r"http://127\.0\.0\.1:\d+", line)
        assert found, line
        with urllib.request.urlopen(f"{found[0]}/_stcore/health", timeout=30) as answer:
            assert answer.read() == b"ok"
        server.terminate()
        out, err = server.communicate(timeout=60)
        assert (server.returncode, err) == (0, ""), out + err
    finally:
        server.kill()
        server.communicate()
    page = (
        "import sys\n"
        "from pathlib import Path\n"
        "import dashboards\n"
        "from streamlit.testing.v1 import AppTest\n"
        "sys.argv = ['app.py', '--published', 'w/published']\n"
        "app = Path(dashboards.__file__).parent / 'app.py'\n"
        "shown = AppTest.from_file(str(app), default_timeout=120).run()\n"
        "print(len(shown.exception), [card.value for card in shown.metric])\n"
    )
    (installation.workplace / "page.py").write_text(page)
    done = subprocess.run(
        [installation.environment / "bin" / "python", "page.py"],
        cwd=installation.workplace,
        env=installation.variables(),
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    (installation.workplace / "page.py").unlink()
    exceptions, cards = done.stdout.split(" ", 1)
    assert (exceptions, f"'{n_people}'" in cards) == ("0", True), done.stdout + done.stderr
