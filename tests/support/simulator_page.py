"""Make what the simulator's docs page shows: the table of figures, and the pictures.

    python -m tests.support.simulator_page            the table and the pictures
    python -m tests.support.simulator_page table      the table only (no browser needed)

Simulates 20,000 people (100,000 for the table and prevalence), rewrites the part between the
markers of `analytics/simulator/README.md`, and writes PNG files of at most 150 KB to
`analytics/simulator/pictures/`.
"""

import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go

from analytics.simulator import simulate
from tests.support import simulator_pictures as pictures
from tests.support.epidemiology import Counted, Epidemiology, Figure, published_figures
from tests.support.simulated_people import SEED, Simulated

ROOM = Path(__file__).resolve().parents[2] / "analytics" / "simulator"
PAGE, PICTURES = ROOM / "README.md", ROOM / "pictures"
BEGIN, END = "<!-- figures: begin -->", "<!-- figures: end -->"
PEOPLE_OF_TABLE, PEOPLE_OF_PICTURES = 100_000, 20_000
LARGEST_PICTURE = 150_000
WIDTH, HEIGHT = 900, 520
HEADER = "| what | in whom | published | simulated | ours to theirs | source, years |"


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory(prefix="catchment-page-") as folder:
        large = _people(Path(folder) / "large", PEOPLE_OF_TABLE, "default")
        PAGE.write_text(with_table(PAGE.read_text("utf-8"), table(Epidemiology(large))), "utf-8")
        if "table" in arguments:
            return
        people = _people(Path(folder) / "people", PEOPLE_OF_PICTURES, "default")
        confounded = _people(Path(folder) / "confounded", 3 * PEOPLE_OF_PICTURES, "confounded")
        _draw(
            {
                "age_pyramid": lambda: pictures.age_pyramid(people),
                "prevalence": lambda: pictures.prevalence(Epidemiology(large)),
                "timelines": lambda: pictures.timelines(people),
                "planted_and_recovered": lambda: pictures.planted_and_recovered(confounded),
            }
        )


def table(epidemiology: Epidemiology) -> str:
    """The published figures and ours as Markdown, one row each."""
    rows = [HEADER, "|---|---|---:|---:|---:|---|"]
    measure = ""
    for figure in published_figures():
        ours = epidemiology.count(figure)
        what = "" if figure.measure == measure else figure.measure
        measure = figure.measure
        rows.append(
            f"| {what} | {figure.who} | {said(figure, figure.published)} "
            f"| {said(figure, ours.value)} | {_ratio(figure, ours)} "
            f"| {figure.source_and_year} |"
        )
    return "\n".join(rows)


def with_table(page: str, rows: str) -> str:
    """The page with this table between its markers."""
    before, rest = page.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{rows}\n{END}{after}"


def said(figure: Figure, value: float) -> str:
    """In the unit of the figure: a share or a rate in percent, a mean as it is."""
    if figure.measure.startswith("mean "):
        return f"{value:.1f}"
    return f"{100 * value:.2g} %" if value < 0.1 else f"{100 * value:.1f} %"


def _ratio(figure: Figure, ours: Counted) -> str:
    return f"{ours.value / figure.published:.2f}"


def _people(folder: Path, persons: int, profile: str) -> Simulated:
    return Simulated(cdm=simulate(persons=persons, seed=SEED, out=folder, profile=profile))


def _draw(figures: dict[str, Callable[[], go.Figure]]) -> None:
    """Photograph each figure in Chromium."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("no chromium on the PATH (Debian: apt-get install chromium)")
    PICTURES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, make in figures.items():
            figure = make().update_layout(width=WIDTH, height=HEIGHT)
            page.set_content(
                '<body style="margin:0">'
                + figure.to_html(include_plotlyjs=True, full_html=False)
                + "</body>"
            )
            page.wait_for_selector(".main-svg")
            path = PICTURES / f"{name}.png"
            page.screenshot(path=path)
            if path.stat().st_size > LARGEST_PICTURE:
                sys.exit(
                    f"{path} has {path.stat().st_size:,} bytes: more than {LARGEST_PICTURE:,}."
                )
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
