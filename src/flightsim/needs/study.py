"""What is reckoned with: the runs of a folder, scenario by scenario, with the world each was run on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from flightsim import __version__
from flightsim.errors import InputError, nearest
from flightsim.events import Event
from flightsim.needs import care, people
from flightsim.needs.people import People
from flightsim.needs.standards import Standards
from flightsim.results import checked, record, since, trust, varied
from flightsim.results.gather import read as read_sweep
from flightsim.results.runs import Results, load
from flightsim.results.sweeps import DONE, Sweep
from flightsim.world import Bools, Floats, Ints, World

Source = Callable[[Mapping[str, Any]], tuple[World, Callable[[], Sequence[Event]]]]
"""From a run's configuration to the world it was run on, and to its events, which folders of version 0.1 need."""


@dataclass(frozen=True)
class Scene:
    """One scenario: its people, and what they were run on."""

    people: People
    world: World
    works: Bools  # (D, F) which health facilities work at the end of each day
    held: Ints  # (D, P) who holds each place, as an index into the world's holders
    room_at_start: Floats  # (A, 5) persons for whom there is room on each rung but the open
    config: Mapping[str, Any]
    paths: tuple[Path, ...]
    seeds: tuple[int, ...]
    drawn: tuple[str, ...] = ()  # names of what was drawn for each run, besides its seed

    @property
    def name(self) -> str:
        """The scenario's name."""
        return self.people.scenario

    @property
    def varied(self) -> str:
        """A sentence on what is not the same in its runs, and so in its ranges."""
        return varied.sentence(self.drawn, self.people.runs)

    @property
    def checked(self) -> list[str]:
        """Until which day reports check it, how it did until then, and what lies beyond: a sentence each."""
        displaced = self.people.displaced.sum(axis=2)
        return checked.sentences(
            checked.of(displaced, self.people.days, self.config, self.world.observations)
        )

    @cached_property
    def care(self) -> Bools:
        """(D, F) which health facilities work and can be reached, by day."""
        return care.reachable(self.world, self.works, self.held)

    def with_care(self, standards: Standards) -> Scene:
        """The same, with the people beyond an hour's walk from health care counted."""
        reach_km = standards["walking_speed"] * standards["care_within"]
        share = care.beyond_share(self.world, self.care, reach_km=reach_km)
        return replace(self, people=replace(self.people, beyond_care_share=share))


@dataclass(frozen=True)
class Study:
    """The scenarios of a results or sweep folder, the baseline first."""

    path: Path
    name: str
    scenes: tuple[Scene, ...]
    versions: tuple[str, ...]
    notes: tuple[str, ...]  # what limits the figures, a sentence each

    @property
    def first(self) -> Scene:
        """The scenario that comes first."""
        return self.scenes[0]

    @property
    def world(self) -> World:
        """The world of the first scenario; areas and names are those of all."""
        return self.first.world

    @property
    def runs(self) -> int:
        """Runs of the scenario that has fewest."""
        return min(scene.people.runs for scene in self.scenes)


def read(
    path: str | Path | Sequence[Path],
    source: Source,
    scenario: str | None = None,
    baseline: str | None = None,
) -> Study:
    """All scenarios of the folder of a run or a sweep, or of several, or one scenario of them.

    ``baseline``: the scenario that comes first, in the place of the sweep's own. InputError says what does not fit.
    """
    folders = [Path(path)] if isinstance(path, str | Path) else list(path)
    folder = folders[0]
    try:
        sweep = read_sweep(folders)
    except InputError as error:
        raise InputError([*error.complaints, *_unfinished(folder)]) from error
    if baseline in sweep.scenarios:
        sweep = replace(sweep, baseline=str(baseline))
    names = _scenarios(sweep, scenario)
    scenes, versions, changed = [], dict[str, None](), list[str]()
    for name in names:
        rows = sweep.done[sweep.done["scenario"] == name].sort_values("replicate", kind="stable")
        runs = [load(run) for run in rows["path"]]
        versions |= dict.fromkeys(str(run.provenance["flightsim"]) for run in runs)
        drawn = varied.names(sweep, runs[0].config, int(rows["replicate"].iloc[0]))
        scenes.append(replace(_scene(name, runs, source), drawn=drawn))
        changed += since.of_all((run.config, run.provenance) for run in runs)
    ids = {tuple(scene.world.areas.area_id) for scene in scenes}
    if len(ids) > 1:
        raise InputError(f"{folder}: the scenarios have different areas; name one with --scenario")
    notes = (*_notes(sweep, versions), *dict.fromkeys(changed))
    return Study(folder, sweep.name or folder.name, tuple(scenes), tuple(versions), notes)


def _scene(name: str, runs: Sequence[Results], source: Source) -> Scene:
    config, version = runs[0].config, str(runs[0].provenance["flightsim"])
    try:
        world, events = source(config)
    except InputError as error:
        by = "another state of its code" if version == __version__ else f"version {version}"
        lead = (
            f"{runs[0].path} was written by {by} and does not fit this flightsim, {__version__}: run it again"
        )
        raise InputError([lead, *error.complaints]) from error
    paths = tuple(run.path for run in runs if run.path is not None)
    found = people.read(name, paths, world.areas)
    works = record.working(runs[0], world, events)[1:]
    held, room = record.held(runs[0], world)[1:], record.room_left(runs[0], world)[0]
    return Scene(found, world, works, held, room, config, paths, tuple(run.seed for run in runs))


def _scenarios(sweep: Sweep, asked: str | None) -> list[str]:
    """The scenarios with finished runs, the baseline first, or the one that is asked for."""
    there = [name for name in sweep.scenarios if (sweep.done["scenario"] == name).any()]
    if not there:
        raise InputError(f"{sweep.path} has no finished run yet")
    if asked is None:
        return sorted(there, key=lambda name: name != sweep.baseline)
    if asked not in sweep.scenarios:
        known = ", ".join(sweep.scenarios)
        raise InputError(
            f"there is no scenario '{asked}' in {sweep.path}{nearest(asked, sweep.scenarios)}; it has {known}"
        )
    if asked not in there:
        raise InputError(f"scenario '{asked}' has no finished run in {sweep.path} yet")
    return [asked]


def _unfinished(folder: Path) -> list[str]:
    """A word on a run that is under way, or was stopped, where none was found."""
    parents = [folder, folder.parent] if folder.is_dir() else [folder.parent]
    hidden = [path for parent in parents if parent.is_dir() for path in parent.glob(".*.unfinished-*")]
    if ".unfinished-" in folder.name or any(
        folder.name in path.name or path.parent == folder for path in hidden
    ):
        return ["a run is still being written there, or was stopped: wait for it, or run it again"]
    return []


def _notes(sweep: Sweep, versions: Mapping[str, None]) -> list[str]:
    notes = trust.notes()
    wanted, done = len(sweep.runs), int((sweep.runs["status"] == DONE).sum())
    if done < wanted:
        notes.append(
            f"{wanted - done:,} of {wanted:,} runs are not there: still being written, failed or removed."
        )
    if others := [version for version in versions if version != __version__]:
        notes.append(f"Written by flightsim {', '.join(others)}; this is {__version__}, figures may differ.")
    return notes
