"""The example notebook, as it stands, in a kernel of its own."""

import asyncio
import sys
from pathlib import Path

import nbformat
import pytest
from rich_study import write_rich_study

NOTEBOOK = Path(__file__).parents[2] / "examples" / "figures.ipynb"
STUDY = """
study: tiny
datasets: {one: {path: one}}
tasks: {digit: {dataset: one, target: digit}}
"""


def test_outputs_are_stripped():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    assert all(not cell.outputs and cell.execution_count is None for cell in cells if cell.cell_type == "code")


@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
@pytest.mark.slow
def test_it_runs(tmp_path, monkeypatch):
    nbclient = pytest.importorskip("nbclient")
    folder = write_rich_study(tmp_path / "study", encoders=("small",))
    (folder / "study.yaml").write_text(STUDY, encoding="utf-8")
    monkeypatch.setenv("COHEAR_STUDY", str(folder))
    monkeypatch.setenv("PYTHONPATH", ":".join(filter(None, sys.path)))
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    client = nbclient.NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    asyncio.run(client.async_execute())
    shown = [output for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs]
    drawn = [output for output in shown if "image/svg+xml" in output.get("data", {})]
    assert len(drawn) == 2
    assert "<title>Sharing matrix</title>" in drawn[0].data["image/svg+xml"]
    assert {path.name for path in (tmp_path / "figures").iterdir()} == {
        *("matrix.svg", "matrix-dark.png", "scores.svg"),
    }
