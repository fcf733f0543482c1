"""flightsim from Python: run, sweep, simulate and load, with tables and figures back. `import flightsim as fs`.

Every argument is what one would type on the command line: a word as ``experiment=border``, or a keyword, in which two
underscores stand for a dot: ``population__scale=0.05``. The first word alone is a case: its name, or its folder.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.case.reading import cached_case
from flightsim.config.own_parts import is_object
from flightsim.errors import InputError
from flightsim.results import runs
from flightsim.results.runs import Results
from flightsim.scenario import PARTS, Scenario, from_config
from flightsim.sweeps import plan
from flightsim.sweeps import run as sweeping
from flightsim.world import World

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from flightsim.model.model import DisplacementModel

PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")  # words that need no quotes in an override
FORECAST = "forecast.csv"
LEAST_CELL = "Counts under 100 people are not for publication."


def run(*words: str, **settings: Any) -> Run:
    """Simulate one scenario, or reuse its results, and give them back.

    ``settings`` as on the command line, but without figures unless ``figures=True``; a part of the scenario may be an
    object of one's own, as ``behaviour=MyRule()`` (docs/extending.md). InputError lists all that is wrong.
    """
    outcome = _scenario(words, settings).run()
    return Run(outcome.path, outcome.reused)


def simulation(*words: str, rng: int | None = None, **settings: Any) -> DisplacementModel:
    """The Mesa model of a scenario, at its start: ``step()`` it, look at its ``agents``. Nothing is written.

    Also what `mesa.batch_run` takes: ``mesa.batch_run(fs.simulation, {"case": "toy", "seed": [1, 2]})``. ``rng`` is
    Mesa's name for the seed since 3.5.
    """
    if rng is not None:
        settings["seed"] = rng
    return _scenario(words, settings).model()


def sweep(*words: str, **settings: Any) -> Sweep:
    """Make the runs of an experiment with several scenarios, seeds or replicates, or go on with them.

    Rules of one's own as objects are for `run`; in a sweep, whose runs are made in other processes, an installed
    package has to register them (docs/extending.md).
    """
    objects = [name for name, value in settings.items() if is_object(value)]
    if objects:
        raise InputError(
            f"{objects[0]} is an object; in a sweep expected a part that a package has registered"
        )
    asked = plan.make(_overrides(words, settings), many=True)
    return Sweep(sweeping.run(asked).path)


def load(path: str | Path) -> Run | Sweep | Forecast:
    """The results in a folder: of a run, a sweep, or a forecast from one. InputError if they are of none of these."""
    from flightsim.results import sweeps

    folder = Path(path)
    if (folder / FORECAST).is_file():
        return Forecast(folder)
    return Sweep(folder) if sweeps.is_sweep(folder) else Run(runs.load(folder).path or folder)


@dataclass(frozen=True)
class Run:
    """One run in its folder: tables by day and area, figures, and the run's own summary. Modelled, not observed."""

    path: Path
    reused: bool = False

    @cached_property
    def results(self) -> Results:
        """All tables, as written."""
        return runs.load(self.path)

    @cached_property
    def world(self) -> World:
        """The case's world: places, areas, roads, shelter."""
        return cached_case(str(self.results.config["case"])).world

    @property
    def summary(self) -> str:
        """The ten lines that the run printed."""
        return (self.path / "run.log").read_text(encoding="utf-8").rstrip()

    def table(self, measure: str) -> pd.DataFrame:
        """A measure (docs/results.md), one row per day, area and group: date, area_id, area_name, group, value."""
        rows = self.results.rows(measure).rename(columns={"time": "date"})
        return rows[["date", "area_id", "area_name", "group", "value"]].reset_index(drop=True)

    @property
    def displaced(self) -> pd.DataFrame:
        """People displaced since the start, by day and the area they are from: date, area_id, area_name, persons."""
        return self._persons("displaced_persons").drop(columns="group")

    @property
    def arrivals(self) -> pd.DataFrame:
        """People who arrived that day: date, area_id, area_name, shelter (the rung they found), persons."""
        return self._persons("arrivals_persons").rename(columns={"group": "shelter"})

    def _persons(self, measure: str) -> pd.DataFrame:
        return self.table(measure).rename(columns={"value": "persons"})

    def to_xarray(self) -> Any:
        """An xarray Dataset of the measures by day and area, and by rung where they have one. Needs xarray."""
        found = self.results.cube.to_xarray(list(self.results.area_names))
        return found.assign_attrs(title=self.results.title)

    def to_geodataframe(self, measure: str = "displaced_persons") -> Any:
        """A GeoDataFrame of the areas' outlines with a measure on the last day. Needs geopandas."""
        try:
            import geopandas
            from shapely.geometry import shape
        except ImportError:
            raise InputError(
                "to_geodataframe needs geopandas; expected `pip install 'flightsim[geo]'`"
            ) from None
        from flightsim.export.geo import boundaries

        areas = self.results.area_names
        outlines = boundaries(self.world, self.results.config["boundaries"], list(areas))
        last = self.results.wide(measure).iloc[-1].reindex(list(areas)).fillna(0.0)
        columns = {"area_id": list(areas), "area_name": list(areas.values()), measure: last.to_numpy()}
        geometry = [shape(outlines[area]) if area in outlines else None for area in areas]
        return geopandas.GeoDataFrame(columns, geometry=geometry, crs="EPSG:4326")

    @property
    def plot(self) -> Plots:
        """Figures, drawn when asked for: ``plot.map()``, ``plot.displaced()``; matplotlib axes come back."""
        return Plots(self)

    def __repr__(self) -> str:
        found = self.results
        displaced = found.series("displaced_persons").iloc[-1]
        return f"<flightsim run: {found.title}, seed {found.seed}: {displaced:,.0f} people displaced; {self.path}>"

    def _repr_html_(self) -> str:
        lines = "".join(f"<br>{html.escape(line)}" for line in self.summary.splitlines())
        return f"<b>flightsim run</b> {html.escape(str(self.path))}{lines}<br><i>{LEAST_CELL}</i>"


class Plots:
    """The figures of a run. Each gives its main axes; ``axes.figure`` is the figure."""

    def __init__(self, run: Run) -> None:
        self._run = run

    def __getattr__(self, name: str) -> Any:
        """A figure by the name that its file has: displaced, arrivals, shelter, hours, hardship, map, roads."""
        from flightsim import plots

        if name not in plots.FIGURES | plots.MAPS:
            raise AttributeError(
                f"there is no figure {name}; there is: {', '.join(plots.FIGURES | plots.MAPS)}"
            )
        return lambda: self._draw(name)

    def __dir__(self) -> list[str]:
        from flightsim import plots

        return [*plots.FIGURES, *plots.MAPS]

    def _draw(self, name: str) -> Axes:
        from flightsim import plots

        draw: Any = (plots.FIGURES | plots.MAPS)[name]
        return _axes(lambda: draw(self._run.results, self._run.world))


def _axes(draw: Callable[[], Figure]) -> Axes:
    """The main axes of a figure, drawn now. In a notebook they show as its picture, as pyplot's would."""
    from flightsim.plots import style

    with style.looks():
        figure = draw()
    axes: Axes = figure.axes[0]
    for shown in (axes, figure):
        shown._repr_png_ = partial(style.as_shown, figure)  # type: ignore[union-attr]
    return axes


@dataclass(frozen=True)
class Sweep:
    """The runs of several scenarios in their folder."""

    path: Path

    @cached_property
    def runs(self) -> pd.DataFrame:
        """One row a run: scenario, replicate, seed, status, and where it is."""
        from flightsim.results import gather

        return gather.read(self.path).runs

    def compare(self, baseline: str | None = None, at_least: float | None = None) -> Compared:
        """Compare the scenarios run by run with the baseline; written to the folder ``comparison`` as well."""
        from flightsim.comparison import folder
        from flightsim.parameter import table

        own = {group: [t for t in types if t.__base__ not in types] for group, types in PARTS.items()}
        roles = {f"{row['group']}.{row['parameter']}": row["role"] for row in table(own)}
        found = folder.compare([self.path], baseline, role_of=roles, at_least=at_least)
        return Compared(found.path, found.findings, found.figures)

    def known(
        self, on: str | date | int, observed: str | Path | None = None, scenario: str | None = None
    ) -> Forecast:
        """Go on from what was counted by a day (docs/known.md); written to the folder ``on_DATE`` as well.

        ``on``: a date, or the number of a day of the runs; ``observed``: a folder of observations, the case's if None.
        """
        from flightsim.validation.onward import folder

        ((path, _),) = folder.go_on(self.path, [str(on)], observed, scenario=scenario)
        return Forecast(path)

    @property
    def summary(self) -> str:
        """Of one scenario the lines that the command prints: what came out, with its range. Else blank."""
        from flightsim.results import sweeps

        found = self.path / sweeps.TEXT
        return found.read_text(encoding="utf-8").rstrip() if found.is_file() else ""

    @property
    def plot(self) -> SweepPlots:
        """Figures of the runs of one scenario, drawn when asked for: ``plot.displaced()``, ``plot.map()``."""
        return SweepPlots(self)

    def __repr__(self) -> str:
        scenarios = list(dict.fromkeys(self.runs["scenario"]))
        return f"<flightsim sweep: {len(self.runs)} runs of {', '.join(map(str, scenarios))}; {self.path}>"

    def _repr_html_(self) -> str:
        lines = "".join(f"<br>{html.escape(line)}" for line in self.summary.splitlines())
        return f"<b>flightsim sweep</b> {html.escape(repr(self)[1:-1])}{lines}"


class SweepPlots:
    """The figures of the runs of one scenario, ranges and medians. Each gives its main axes."""

    def __init__(self, sweep: Sweep) -> None:
        self._sweep = sweep

    def displaced(self) -> Axes:
        """People displaced by day: the median, what half and what most of the runs lie between, the reports."""
        return self._draw("displaced")

    def map(self) -> Axes:
        """Where people left and where they are: the median of the runs by area."""
        return self._draw("map")

    def _draw(self, name: str) -> Axes:
        from flightsim.results import ensemble, gather
        from flightsim.sweeps.ensemble import drawers

        found = gather.read(self._sweep.path)
        if len(found.scenarios) > 1:
            raise InputError(
                f"{found.path} holds {len(found.scenarios)} scenarios; expected one; of several: compare().plot()"
            )
        runs = ensemble.read(found, found.scenarios[0])
        world = cached_case(str(runs.first.config["case"])).world
        return _axes(drawers(runs, world)[name])


@dataclass(frozen=True)
class Forecast:
    """A forecast from a count, in its folder: what was counted up to a day, and what weighted runs add after it."""

    path: Path

    @property
    def summary(self) -> str:
        """The screen that the command printed."""
        return (self.path / "forecast.txt").read_text(encoding="utf-8").rstrip()

    @cached_property
    def table(self) -> pd.DataFrame:
        """A row a day: people displaced before weighting, and from the day on from the count; 5, 50 and 95 %."""
        return self._read(FORECAST)

    @cached_property
    def counts(self) -> pd.DataFrame:
        """A row an observation: used, or why not, and what the runs have for it."""
        return self._read("counts.csv")

    @cached_property
    def members(self) -> pd.DataFrame:
        """A row a run: its weight, and how far it is off the counts."""
        return self._read("members.csv")

    def _read(self, name: str) -> pd.DataFrame:
        import pandas as pd

        return pd.read_csv(self.path / name, parse_dates=["date"] if name != "members.csv" else [])

    def _repr_png_(self) -> bytes:
        return (self.path / "forecast.png").read_bytes()

    def __repr__(self) -> str:
        first, last = self.table[self.table["lead_days"] == 0].iloc[0], self.table.iloc[-1]
        low, middle, high = (last[f"{name}_persons"] for name in ("p5", "median", "p95"))
        return (
            f"<flightsim forecast from {first['date']:%Y-%m-%d}: {middle:,.0f} ({low:,.0f} to {high:,.0f}) people "
            f"displaced by {last['date']:%Y-%m-%d}; {self.path}>"
        )


@dataclass(frozen=True)
class Compared:
    """A comparison: what it found in sentences, its tables, and its figures."""

    path: Path
    findings: tuple[str, ...]
    _figures: Mapping[str, Callable[[], Figure]] = field(repr=False)

    @cached_property
    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table by name: outcomes, chances, areas, over_time_…"""
        import pandas as pd

        return {file.stem: pd.read_parquet(file) for file in sorted(self.path.glob("*.parquet"))}

    def plot(self, name: str = "over_time_displaced_persons") -> Axes:
        """A figure of the comparison, by its file's name or how that begins, drawn now; its main axes come back."""
        chosen = (
            name if name in self._figures else next((f for f in self._figures if f.startswith(name)), None)
        )
        if chosen is None:
            raise InputError(
                f"there is no figure {name} in {self.path}; there is: {', '.join(self._figures)}"
            )
        return _axes(self._figures[chosen])

    def __repr__(self) -> str:
        return "\n".join([*self.findings, f"<{self.path}>"])


def _scenario(words: Sequence[str], settings: Mapping[str, Any]) -> Scenario:
    objects = {name: value for name, value in settings.items() if is_object(value)}
    others = {name: value for name, value in settings.items() if name not in objects}
    asked = plan.make(_overrides(words, {"figures": False} | others))
    if not asked.is_single:
        raise InputError("several runs are asked for; expected one run, or flightsim.sweep(…)")
    unknown = [name for name in objects if name not in PARTS]
    if unknown:
        raise InputError(f"{unknown[0]} is no part of a scenario; expected one of {', '.join(PARTS)}")
    return from_config({**asked.jobs[0].config, **objects})


def _overrides(words: Sequence[str], settings: Mapping[str, Any]) -> list[str]:
    """What would be typed on the command line."""
    typed = [f"case={_text(words[0])}", *words[1:]] if words and "=" not in words[0] else list(words)
    return typed + [f"{name.replace('__', '.')}={_text(value)}" for name, value in settings.items()]


def _text(value: Any) -> str:
    """A value as it is typed in an override."""
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{_text(str(key))}:{_text(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(_text(inner) for inner in value) + "]"
    if isinstance(value, str | Path | date):
        text = str(value)
        return text if PLAIN.fullmatch(text) else "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
    return repr(value.item() if hasattr(value, "item") else value)


__all__ = ["Compared", "Forecast", "Run", "Sweep", "load", "run", "simulation", "sweep"]
