"""How the dashboard is started: on 127.0.0.1, calm colours, nothing sent anywhere.

Every setting goes on the command line, because Streamlit looks for its configuration in the
folder it was started from, and the dashboard must start from any. As a program:
`python -m dashboards.serve PUBLISHED PORT [--aggregates-only]`.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dashboards.palette import INK, LINE, PRIMARY, SHADE, SURFACE

HOST = "127.0.0.1"
APP = Path(__file__).resolve().parent / "app.py"


@dataclass(frozen=True, kw_only=True)
class Served:
    """What a dashboard serves: the published folder, and whether person pages belong to it."""

    published: Path
    shows_people: bool = True


def command(
    published_root: Path, port: int, headless: bool = True, *, shows_people: bool = True
) -> list[str]:
    """The command that serves the dashboard of `published_root` on 127.0.0.1.

    `headless` starts no browser. `shows_people=False` serves aggregates only: the people file is
    then never opened.
    """
    settings = {
        "server.address": HOST,
        "server.port": str(port),
        "server.headless": str(headless).lower(),
        "server.fileWatcherType": "none",
        "browser.gatherUsageStats": "false",
        "browser.serverAddress": HOST,
        "client.toolbarMode": "minimal",
        # A traceback can hold a person's values; the terminal has it whole.
        "client.showErrorDetails": "type",
        "theme.base": "light",
        "theme.primaryColor": PRIMARY,
        "theme.textColor": INK,
        "theme.backgroundColor": SURFACE,
        "theme.secondaryBackgroundColor": SHADE,
        "theme.borderColor": LINE,
        "theme.baseRadius": "0.5rem",
        "theme.baseFontSize": "15",
        "theme.metricValueFontSize": "1.7rem",
        "theme.showWidgetBorder": "true",
        "theme.sidebar.backgroundColor": SHADE,
        "theme.sidebar.secondaryBackgroundColor": SURFACE,
    }
    options = [f"--{name}={value}" for name, value in settings.items()]
    about = ["--published", str(published_root)]
    if not shows_people:
        about.append("--aggregates-only")
    return [sys.executable, "-m", "streamlit", "run", str(APP), *options, "--", *about]


def read_arguments(arguments: Sequence[str]) -> Served:
    """Read what stands after `--` in the command; without `--published`, `workspace/published`."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--published", type=Path, default=Path("workspace") / "published")
    parser.add_argument("--aggregates-only", action="store_true")
    read, _ = parser.parse_known_args(list(arguments))
    return Served(published=read.published, shows_people=not read.aggregates_only)


def main() -> None:
    """Become the dashboard's process, so that whoever started this one can also stop it."""
    parser = argparse.ArgumentParser(prog="python -m dashboards.serve", description=__doc__)
    parser.add_argument("published", type=Path, help="the folder `publish` writes to")
    parser.add_argument("port", type=int, nargs="?", default=8501)
    parser.add_argument("--aggregates-only", action="store_true", help="leave out person pages")
    asked = parser.parse_args()
    line = command(asked.published, asked.port, shows_people=not asked.aggregates_only)
    os.execv(line[0], line)


if __name__ == "__main__":
    main()
