"""docs/notebook.ipynb: it runs, shows what is stored in it, and holds nothing that differs from machine to machine."""

import copy
import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "notebook.ipynb"
LARGEST_BYTES = 400_000


@pytest.fixture(scope="module")
def script() -> Any:
    """scripts/run_notebook.py, as a module."""
    pytest.importorskip("nbclient", reason="the notebook is run with the extra dev")
    spec = importlib.util.spec_from_file_location("run_notebook", ROOT / "scripts" / "run_notebook.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_it_runs_and_shows_what_is_stored(script: Any) -> None:
    """Text to the letter; of a picture, that there is one, since fonts and colours may differ by a version."""
    assert script.told(script.executed(PAGE)) == script.told(script.stored(PAGE)), "run: make notebook"


def test_what_is_stored_is_tidy(script: Any) -> None:
    stored = script.stored(PAGE)
    assert script.tidy(copy.deepcopy(stored)) == stored, "run: make notebook"


def test_it_is_executed_and_small() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(text.encode()) < LARGEST_BYTES
    cells = [cell for cell in json.loads(text)["cells"] if cell["cell_type"] == "code"]
    assert all(cell["outputs"] for cell in cells)
    shown = [kind for cell in cells for output in cell["outputs"] for kind in output.get("data", {})]
    assert shown.count("image/png") == 3
    assert "/tmp" not in text


def test_it_goes_through_every_door() -> None:
    cells = json.loads(PAGE.read_text(encoding="utf-8"))["cells"]
    code = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code")
    doors = (
        "fs.run(",
        "run.plot.map()",
        "fs.sweep(",
        ".compare(",
        "compared.plot()",
        "fs.simulation(",
        "behaviour=Unafraid()",
    )
    assert not [door for door in doors if door not in code]
