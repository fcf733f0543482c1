"""The front door in Python: what one types on the command line, with tables and axes back."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from matplotlib.axes import Axes

import flightsim as fs
from flightsim.errors import InputError
from flightsim.model.parts.behaviour import Flight
from flightsim.notebook import Compared, Run, _overrides

SHORT = {"days": 20, "step_hours": 6, "population__scale": 0.1}


@dataclass(frozen=True)
class Stoic(Flight):
    """Nobody fears strikes."""

    def fear(self, remembered):
        return 0.0 * remembered


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("results")


@pytest.fixture(scope="module")
def run(folder: Path) -> Run:
    return fs.run("toy", results=folder, **SHORT)


def test_importing_it_is_light() -> None:
    code = (
        "import sys, flightsim; print({'numpy', 'pandas', 'mesa', 'matplotlib', 'hydra'} & set(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "set()"


def test_a_notebook_offers_what_there_is() -> None:
    assert {"run", "sweep", "simulation", "load"} <= set(dir(fs))


def test_words_and_settings_are_what_one_types() -> None:
    assert _overrides(("toy",), {"population__scale": 0.05, "figures": False, "count_from": None}) == [
        "case=toy", "population.scale=0.05", "figures=false", "count_from=null",
    ]  # fmt: skip
    assert _overrides(("experiment=border",), {"start": "2019-12-01", "keep": ["a", 1]}) == [
        "experiment=border", "start='2019-12-01'", "keep=[a,1]",
    ]  # fmt: skip
    assert _overrides((), {"exodus__areas": {"A'zaz": 1}}) == [r"exodus.areas={'A\'zaz':1}"]


def test_tables(run: Run) -> None:
    assert list(run.displaced) == ["date", "area_id", "area_name", "persons"]
    assert list(run.arrivals) == ["date", "area_id", "area_name", "shelter", "persons"]
    last = run.displaced[run.displaced["date"] == run.displaced["date"].max()]
    assert last["persons"].sum() == run.results.series("displaced_persons").iloc[-1] > 0


def test_the_same_again_is_reused(run: Run, folder: Path) -> None:
    again = fs.run("toy", results=folder, **SHORT)
    assert again.reused
    assert again.path == run.path
    assert fs.load(run.path).path == run.path


@pytest.mark.parametrize("name", ["map", "roads", "displaced", "arrivals", "shelter", "hours", "hardship"])
def test_figures_give_axes(run: Run, name: str) -> None:
    axes = getattr(run.plot, name)()
    assert isinstance(axes, Axes)
    assert axes.has_data()
    assert axes in axes.figure.axes


def test_axes_show_as_their_picture_in_a_notebook(run: Run) -> None:
    axes = run.plot.displaced()
    before = axes._repr_png_()
    assert before.startswith(b"\x89PNG")
    axes.set_title("as changed afterwards")
    assert axes._repr_png_() == axes.figure._repr_png_() != before


def test_a_figure_that_is_not_there(run: Run) -> None:
    with pytest.raises(AttributeError, match="there is no figure mpa; there is: displaced"):
        run.plot.mpa()


def test_it_says_what_it_is(run: Run) -> None:
    assert repr(run).startswith("<flightsim run: ")
    assert "people displaced" in repr(run)
    assert "odelled, not observed" in run._repr_html_()
    assert len(repr(run)) < 300


def test_to_xarray(run: Run) -> None:
    pytest.importorskip("xarray")
    cube = run.to_xarray()
    assert cube["arrivals_persons"].dims == ("date", "area_id", "rung")
    assert (
        float(cube["displaced_persons"].sum("area_id")[-1])
        == run.results.series("displaced_persons").iloc[-1]
    )
    assert cube["displaced_persons"].attrs["units"] == "persons"


def test_to_geodataframe(run: Run) -> None:
    pytest.importorskip("geopandas")
    frame = run.to_geodataframe()
    assert frame["displaced_persons"].sum() == run.results.series("displaced_persons").iloc[-1]
    assert frame.crs == "EPSG:4326"
    assert frame.geometry.notna().all()


@pytest.mark.slow
def test_a_sweep_is_compared_and_drawn(folder: Path) -> None:
    sweep = fs.sweep("toy", "border=closed,open", results=folder / "border", replicates=2, **SHORT)
    assert len(sweep.runs) == 4
    assert "4 runs" in repr(sweep)
    found = sweep.compare()
    assert "outcomes" in found.tables
    assert_drawn_as_told(found)
    assert found.plot("outcomes").figure is not found.plot().figure
    with pytest.raises(
        InputError, match=r"there is no figure pie in .*; there is: over_time_displaced_persons, "
    ):
        found.plot("pie")
    assert repr(fs.load(sweep.path)) == repr(sweep)


def assert_drawn_as_told(found: Compared) -> None:
    """The curve that comes back is the one of the table: matplotlib's own lines, not a picture of them."""
    axes = found.plot()
    assert not axes.images
    told = found.tables["over_time_displaced_persons"]
    closed = told[(told["scenario"] == "border=closed") & (told["what"] == "level")]
    assert any(np.array_equal(line.get_ydata(), closed["p50"]) for line in axes.lines)


def test_a_rule_of_ones_own(run: Run, folder: Path) -> None:
    other = fs.run("toy", results=folder, behaviour=Stoic(), **SHORT)
    assert other.path != run.path
    assert other.displaced["persons"].sum() < run.displaced["persons"].sum()
    assert isinstance(other.plot.map(), Axes)
    assert isinstance(fs.load(other.path).plot.displaced(), Axes)
    with pytest.raises(InputError, match="in a sweep expected a part that a package has registered"):
        fs.sweep("toy", behaviour=Stoic())
    with pytest.raises(InputError, match="weather is no part of a scenario"):
        fs.run("toy", weather=Stoic())


def test_several_scenarios_are_no_run() -> None:
    with pytest.raises(InputError, match="expected one run"):
        fs.run("toy", replicates=2)
    with pytest.raises(InputError, match=r"seed is \[1, 2\]; expected a whole number"):
        fs.run("toy", seed=[1, 2])


def test_typos_are_reported_as_on_the_command_line() -> None:
    with pytest.raises(InputError, match="dayz"):
        fs.run("toy", dayz=3)


@pytest.mark.slow
def test_the_worked_example_of_a_rule(tmp_path: Path) -> None:
    """docs/extending.md, as a file that somebody runs."""
    page = (Path(__file__).parents[1] / "docs" / "extending.md").read_text(encoding="utf-8")
    code = page.split("```python\n")[1].split("```")[0]
    (tmp_path / "patience.py").write_text(f"{code}print(fewer > 0)\n", encoding="utf-8")
    found = subprocess.run(
        [sys.executable, "patience.py"], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "True"
