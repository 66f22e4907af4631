"""Notebooks are stories that run from top to bottom and leave nothing behind in git."""

import json
from pathlib import Path

import polars as pl
import pytest

NOTEBOOKS = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


def code_cells(notebook: Path) -> list[dict]:
    cells = json.loads(notebook.read_text())["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def test_there_is_a_notebook():
    assert NOTEBOOKS


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_outputs_are_kept(notebook):
    for cell in code_cells(notebook):
        assert cell["outputs"] == []
        assert cell["execution_count"] is None


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=lambda path: path.stem)
def test_it_runs_from_top_to_bottom(notebook, simulated_workspace, monkeypatch):
    monkeypatch.setenv("CATCHMENT_WORKSPACE", str(simulated_workspace.root))
    names: dict[str, object] = {}
    for cell in code_cells(notebook):
        exec(compile("".join(cell["source"]), str(notebook), "exec"), names)

    frames = [value for value in names.values() if isinstance(value, pl.DataFrame)]
    assert len(frames) >= 3
    assert all(frame.height > 0 for frame in frames)
