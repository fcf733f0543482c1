"""What a brief is about: the runs of a folder, what people need in them, and their scenarios side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.path import Path as Shape

from flightsim.case.text_files import read_json
from flightsim.comparison import folder as comparison
from flightsim.comparison import reading
from flightsim.comparison.material import Material
from flightsim.errors import InputError
from flightsim.export import disclosure, geo, shared
from flightsim.export.pictures import middle_run
from flightsim.needs import study
from flightsim.needs.people import People
from flightsim.needs.study import Scene, Source
from flightsim.needs.tables import Asked, Needs, reckon
from flightsim.plots import shapes
from flightsim.results import gather, sweeps
from flightsim.results.runs import Results, load
from flightsim.world import Floats, World

LONGEST_QUESTION = 300  # letters, on two pages


@dataclass(frozen=True)
class Order:
    """What the user asked for beside the results: see the options of ``flightsim brief``."""

    question: str | None = None
    scenario: str | None = None
    boundaries: str | None = None
    persons: float | None = None  # of the chances
    start: date | None = None  # of the chances
    defaults: Mapping[str, Any] = field(default_factory=dict)  # the configuration without any change


@dataclass(frozen=True, eq=False)  # one is like no other, so that what takes long is done once for each
class Subject:
    """All that a brief tells of, in no language yet. It is about the first scenario; the others stand beside it."""

    needs: Needs
    material: Material
    order: Order

    @property
    def scene(self) -> Scene:
        """The scenario that the brief is about."""
        return self.needs.study.first

    @property
    def people(self) -> People:
        """Its people."""
        return self.scene.people

    @property
    def world(self) -> World:
        """The world it was run on."""
        return self.scene.world

    @property
    def days(self) -> pd.DatetimeIndex:
        """(D,) the days of its runs."""
        return self.people.days

    @cached_property
    def middle(self) -> Results:
        """The run that stands for all where a picture shows one."""
        return load(middle_run(self.scene))

    def course(self, headline: str, scenario: str | None = None) -> Floats:
        """(R, D) the course of a headline outcome in the runs of a scenario."""
        rows = self.material.of(scenario or self.scene.name)
        return np.asarray(self.material.courses[headline][rows])

    @cached_property
    def outlines(self) -> dict[str, Shape]:
        """Outlines of sub-districts: the user's, checked as for an export, or the case's own; empty without any."""
        if not self.order.boundaries:
            return shapes.outlines(self.world)
        told = [
            a for a, n in zip(self.people.area_id, self.people.present.max(axis=(0, 1)), strict=True) if n
        ]
        found = geo.boundaries(self.world, self.order.boundaries, told)
        return {code: shapes.of_geometry(self.world, geometry) for code, geometry in found.items()}

    @cached_property
    def displaced_from(self) -> pd.Series:
        """People displaced from each sub-district over the run, as in exports."""
        daily = np.diff(self.people.displaced, axis=1, prepend=0.0)
        return shared.by_week(self.people, daily)[1]

    @cached_property
    def arrived(self) -> pd.Series:
        """Arrivals in each sub-district over the run, as in exports."""
        return shared.by_week(self.people, self.people.arrivals)[1]


def read(path: Path, source: Source, asked: Asked, order: Order) -> Subject:
    """The subject in the folder of a run, a sweep or a comparison; InputError if there is none, or it is not whole."""
    if order.question and len(order.question) > LONGEST_QUESTION:
        raise InputError(
            f"the question has {len(order.question)} letters; a brief has room for {LONGEST_QUESTION}"
        )
    folders, baseline = _folders(path)
    found = study.read(folders, source, order.scenario, baseline)
    needs = disclosure.protected(reckon(found, asked))
    sweep = gather.read(folders)
    names = [scene.name for scene in needs.study.scenes]
    first = sweep.done[sweep.done["scenario"].isin(names)]
    material = reading.read(replace(sweep, runs=first, scenarios=tuple(names)), names[0])
    return Subject(needs, material, order)


def _folders(path: Path) -> tuple[Sequence[Path], str | None]:
    """The folders of runs, and the baseline: of a comparison those that it compared."""
    mark = path / comparison.MARK
    if not mark.is_file():
        return [path], None
    try:
        about = read_json(mark)
        named = [Path(str(name)) for name in about["folders"]]
        baseline = str(about["baseline"])
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise InputError(f"{mark} is not as flightsim writes it: {problem}") from problem
    if all(folder.is_dir() for folder in named) and named:
        return named, baseline
    if len(named) == 1 and (sweeps.is_sweep(path.parent) or path.name == comparison.NAME):
        return [path.parent], baseline
    gone = ", ".join(str(folder) for folder in named if not folder.is_dir())
    raise InputError(
        f"{path} compares {gone}, which is not there; name the folders' own place, or compare again"
    )
