"""Every page in Chromium: a number from the file, no exception box, no empty chart, no way out."""

import shutil
import socket
import subprocess
import time
from urllib.parse import urlparse

import duckdb
import pytest

from dashboards.serve import HOST, command
from tests.support.published import publish_sample

pytestmark = pytest.mark.needs_chromium

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Each page with a question to the published file; the answer must be on the screen.
PAGES = {
    "": (
        "aggregates",
        "select n_people from study_attrition where is_applied order by step_number desc limit 1",
        2,
    ),
    "characterisation": (
        "aggregates",
        "select mean from cohort_characteristic "
        "where characteristic = 'Age in years' and attribute = 'overall'",
        1,
    ),
    "model": (
        "aggregates",
        "select round(value, 2) from model_performance "
        "where metric = 'auroc' and model_name = 'xgboost'",
        3,
    ),
    "fairness": (
        "aggregates",
        "select round(value, 2) from fairness_audit "
        "where metric = 'auroc' and attribute = 'overall'",
        1,
    ),
    "treatment_paths": (
        "aggregates",
        "select max(n_people) from treatment_pathway",
        2,
    ),
    "lines_of_therapy": (
        "aggregates",
        "select n_people from treatment_line where line_number = 1 and is_any_treatment "
        "and what_follows = 'starts'",
        5,
    ),
    "cohorts": ("aggregates", "select n_rows from cohort_summary order by cohort_name limit 1", 1),
    "data_quality": (
        "aggregates",
        "select max(n_violated) from data_quality where severity = 'row'",
        3,
    ),
    "risk_list": ("people", "select person_id from risk_list where risk_rank = 1", 0),
}


@pytest.fixture(scope="module")
def published(tmp_path_factory):
    return publish_sample(tmp_path_factory.mktemp("browser") / "published")


@pytest.fixture(scope="module")
def address(published, tmp_path_factory):
    """The dashboard, served from a folder that is not the checkout."""
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    with (elsewhere / "said.txt").open("w") as said:
        server = subprocess.Popen(
            command(published, port), cwd=elsewhere, stdout=said, stderr=subprocess.STDOUT
        )
    try:
        _wait_for(port, server)
        yield f"http://{HOST}:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    if CHROMIUM is None:
        pytest.skip("needs Chromium: no chromium on the PATH (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=CHROMIUM,
            headless=True,
            args=list(FLAGS),
            viewport={"width": 1440, "height": 1000},
        )
        yield context
        context.close()


@pytest.fixture
def open_page(browser, address):
    """Open a page and wait until it is whole; `asked_for` collects every request it makes."""
    page = browser.new_page()
    asked_for = []
    page.on("request", lambda request: asked_for.append(request.url))

    def _open(name):
        page.goto(f"{address}/{name}")
        page.wait_for_selector(".footer", timeout=60_000)
        page.wait_for_selector("[data-testid=stStatusWidget]", state="detached", timeout=60_000)
        return page, asked_for

    yield _open
    page.close()


def answer(published, file, question):
    run = (published / "current").read_text().strip()
    with duckdb.connect(str(published / run / f"{file}.duckdb"), read_only=True) as connection:
        ((number,),) = connection.execute(question).fetchall()
    return f"{number:,}" if isinstance(number, int) and file == "aggregates" else f"{number}"


@pytest.mark.parametrize("name", PAGES)
def test_a_page_shows_its_number_and_draws_its_charts(published, open_page, name):
    file, question, n_charts = PAGES[name]
    page, asked_for = open_page(name)
    number = answer(published, file, question)

    # What is drawn in a figure counts as shown; what stands in a table's canvas does not.
    page.wait_for_function(
        "number => document.querySelector('[data-testid=stMain]').textContent.includes(number)",
        arg=number,
        timeout=30_000,
    )
    assert page.locator("[data-testid=stException]").count() == 0
    _check_charts_are_drawn(page, n_charts)
    outside = [url for url in asked_for if _is_outside(url)]
    assert asked_for
    assert outside == []


def test_a_filter_in_the_address_is_followed(published, open_page):
    expected = answer(
        published,
        "people",
        "select count(*) from risk_list where risk_rank <= 60 and sex = 'Female'",
    )
    page, _ = open_page("risk_list?capacity=60&sex=Female")

    shown = page.locator("[data-testid=stMetric]", has_text="People shown")
    assert shown.locator("[data-testid=stMetricValue]").inner_text() == expected


def test_a_table_of_paths_is_taken_away_as_csv_with_what_is_withheld_in_words(
    published, open_page, tmp_path
):
    page, _ = open_page("treatment_paths?by=sex&group=Female")
    with page.expect_download() as taken:
        page.locator("[data-testid=stDownloadButton] button").nth(1).click()
    taken.value.save_as(tmp_path / "paths.csv")

    header, *lines = (tmp_path / "paths.csv").read_text().splitlines()
    assert taken.value.suggested_filename == "diabetes_treatment_paths_by_sex.csv"
    assert ",Everyone (n = 920),Female (n = 500),Male (n = 420),Study,Reading,Drug eras" in header
    assert all(line.endswith("clean,drug eras that we build of exposures") for line in lines)
    assert any(line.startswith("metformin,33.7") for line in lines)
    assert any(line.startswith("dpp4 inhibitor") and "withheld" in line for line in lines)


def test_choosing_a_metric_changes_the_address_and_the_chart(open_page):
    page, _ = open_page("fairness")
    page.locator("[data-testid=stSelectbox]", has_text="Metric").locator("input").click()
    page.get_by_role("option", name="Right when flagged").click()
    page.wait_for_function(
        "() => location.search.includes('metric=positive_predictive_value')", timeout=30_000
    )

    page.wait_for_function(
        "() => document.querySelector('.js-plotly-plot .gtitle')"
        ".textContent.startsWith('Right when flagged')",
        timeout=30_000,
    )


def _check_charts_are_drawn(page, n_charts):
    for place in range(n_charts):
        chart = page.locator("[data-testid=stPlotlyChart]").nth(place)
        chart.scroll_into_view_if_needed()
        chart.locator(".js-plotly-plot").wait_for(timeout=30_000)
    marks = page.wait_for_function(
        """n => {
            const drawn = '.trace, .slice, .sankey-node, .point, .js-line, .hm';
            const plots = [...document.querySelectorAll('.js-plotly-plot')];
            const marks = plots.map(plot => plot.querySelectorAll(drawn).length);
            return plots.length === n && marks.every(count => count > 0) ? marks : null;
        }""",
        arg=n_charts,
        timeout=30_000,
    )
    assert len(marks.json_value()) == n_charts


def _is_outside(url):
    return urlparse(url).scheme in ("http", "https", "ws", "wss") and urlparse(url).hostname != HOST


def _wait_for(port, server):
    give_up = time.monotonic() + 60
    while time.monotonic() < give_up:
        assert server.poll() is None, "the dashboard ended before it answered"
        with socket.socket() as probe:
            if probe.connect_ex((HOST, port)) == 0:
                return
        time.sleep(0.1)
    raise AssertionError("the dashboard did not answer in 60 s")
