"""Open a page of the dashboard on a published folder, without a browser, and read it."""

import re
import sys
from pathlib import Path
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

APP = Path(__file__).resolve().parents[2] / "dashboards" / "app.py"
PAGES = (
    "population",
    "model",
    "fairness",
    "treatment_paths",
    "lines_of_therapy",
    "cohorts",
    "data_quality",
    "risk_list",
)


def open_page(published: Path, page: str, **query: str) -> AppTest:
    """The page after its first run; `query` is what stands in the address."""
    with patch.object(sys, "argv", ["app.py", "--published", str(published)]):
        app = AppTest.from_file(str(APP), default_timeout=120)
        for name, value in query.items():
            app.query_params[name] = value
        if page != "population":
            app.switch_page(f"app_pages/{page}.py")
        return app.run()


def text_of(app: AppTest) -> str:
    """All that the page says in words and numbers; fails where it shows an exception."""
    assert [error.value for error in app.exception] == []
    parts = [part.value for part in (*app.title, *app.subheader, *app.caption, *app.markdown)]
    parts += [part.value for part in (*app.info, *app.warning, *app.error, *app.success)]
    parts += [f"{card.label}: {card.value}" for card in app.metric]
    parts += [str(part.proto.body) for part in app.get("html")]
    return re.sub(r"<[^>]+>|\*\*", "", "\n".join(parts))
