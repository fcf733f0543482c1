"""Run docs/notebook.ipynb and write its outputs, by a rule that makes them the same each time: `make notebook`.

    python scripts/run_notebook.py

The kernel works in a folder of its own and asks nothing of the network. Kept are what cells print and show as text, and
pictures, which `flightsim.plots.style.as_shown` makes small. Left out are counters, times, warnings and addresses.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient

PAGE = Path(__file__).resolve().parents[1] / "docs" / "notebook.ipynb"
KEPT = ("text/plain", "image/png")
SECONDS = 300  # a cell may take


def stored(page: Path = PAGE) -> Any:
    """The notebook as it is in its file."""
    return nbformat.read(page, as_version=4)


def executed(page: Path = PAGE) -> Any:
    """The notebook with the outputs of now; an error in a cell is an error here."""
    notebook = stored(page)
    with tempfile.TemporaryDirectory() as folder:
        os.environ["IPYTHONDIR"] = str(Path(folder) / "ipython")  # nobody's own habits
        NotebookClient(
            notebook, timeout=SECONDS, kernel_name="python3", resources={"metadata": {"path": folder}}
        ).execute()
    return tidy(notebook)


def tidy(notebook: Any) -> Any:
    """Without what differs from time to time or from machine to machine."""
    notebook.metadata = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for number, cell in enumerate(notebook.cells):
        cell.id, cell.metadata = f"cell-{number}", {}
        if cell.cell_type != "code":
            continue
        cell.execution_count = None
        cell.outputs = [_tidy(output) for output in cell.outputs if output.get("name") != "stderr"]
    return notebook


def _tidy(output: Any) -> Any:
    if "execution_count" in output:
        output.execution_count = None
    if "data" in output:
        output.metadata = {}
        output.data = {
            kind: re.sub(r" at 0x[0-9a-f]+", "", value) for kind, value in output.data.items() if kind in KEPT
        }
    return output


def told(notebook: Any) -> list[list[str]]:
    """By cell, the text that it shows, and of pictures that there is one: what has to be the same everywhere."""
    return [
        [
            output["text"]
            if "text" in output
            else "\n".join([output["data"].get("text/plain", ""), *pictures(output)])
            for output in cell.outputs
        ]
        for cell in notebook.cells
        if cell.cell_type == "code"
    ]


def pictures(output: Any) -> list[str]:
    """The kinds of picture in an output."""
    return [kind for kind in output.get("data", {}) if kind.startswith("image/")]


if __name__ == "__main__":
    nbformat.write(executed(), PAGE)
