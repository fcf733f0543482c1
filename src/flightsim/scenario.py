"""A scenario: a world, its events, a start, a length, a step, a seed and a handful of parts. Frozen, checked."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim import results, words
from flightsim.case import sun
from flightsim.case.cells import YEARS
from flightsim.case.plausible import hourly
from flightsim.case.reading import Case, cached_case
from flightsim.clock import STEP_HOURS, Clock, as_date
from flightsim.config.own_parts import SOURCE, described, is_object, registered, trouble_with
from flightsim.errors import Complaints, InputError, nearest
from flightsim.events import STATUSES, STRIKES, Event, by_type
from flightsim.files.atomic import can_be_folder, check_writable
from flightsim.files.old_names import renewed_parts
from flightsim.memory import undisturbed
from flightsim.model.parts import Parts, exposure
from flightsim.model.parts.behaviour import Flight, NoFlight
from flightsim.model.parts.border import Border, OpenBorder
from flightsim.model.parts.discrepancy import LogRateDrift, NoDiscrepancy
from flightsim.model.parts.exodus import OWN, NoExodus, Prescribed
from flightsim.model.parts.hazard import Bombardment, NoHazard
from flightsim.model.parts.population import Population
from flightsim.model.parts.roads import FreeFlow, RoadNetwork
from flightsim.model.parts.services import HealthCare, NoServices
from flightsim.model.parts.shelter import ShelterLadder, UnlimitedShelter
from flightsim.model.parts.transport import FreeTransport, Transport
from flightsim.parameter import LEVER, SETTING, UNCERTAINTY
from flightsim.results import provenance, runs
from flightsim.whatif.changes import WhatIf
from flightsim.world import OPEN, RUNGS, SITE, World

if TYPE_CHECKING:
    from flightsim.model.model import DisplacementModel
    from flightsim.model.schedule import Schedule

PARTS: dict[str, tuple[type, ...]] = {
    "hazard": (Bombardment, NoHazard),
    "services": (HealthCare, NoServices),
    "roads": (RoadNetwork, FreeFlow),
    "border": (Border, OpenBorder),
    "shelter": (ShelterLadder, UnlimitedShelter),
    "transport": (Transport, FreeTransport),
    "behaviour": (Flight, NoFlight),
    "discrepancy": (LogRateDrift, NoDiscrepancy),
    "population": (Population,),
    "events": (WhatIf,),
    "exodus": (NoExodus, Prescribed),
}
LEVER_GROUPS = ("border",)  # parts among which we choose; the others differ in what is not ours
SETTINGS = (
    "name",
    "case",
    "start",
    "days",
    "step_hours",
    "seed",
    "results",
    "boundaries",
    "count_from",
    "figures",
)
LONGEST_DAYS = 3660  # ten years
SEEDS = 2**63
LIGHT, DARK = "light", "dark"  # what figures are drawn on; `flightsim.plots.colours` has the same names

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Outcome:
    """What a run left behind: its folder, the ten lines, and whether it was there already."""

    path: Path
    reused: bool
    summary: str


@dataclass(frozen=True)
class Scenario:
    """Everything a run depends on, checked. Make one with ``from_config``."""

    config: Mapping[
        str, Any
    ]  # the whole configuration: as given, and as the parts, the clock and the seed say
    parts: Parts
    clock: Clock
    seed: int
    whatif: WhatIf = field(default_factory=WhatIf)

    def __post_init__(self) -> None:
        """The configuration says what runs: parts, clock or seed that were replaced are written into it."""
        parts = {group: getattr(self.parts, group) for group in PARTS if group != "events"}
        config = dict(self.config)
        for group, part in {**parts, "events": self.whatif}.items():
            section = described(part)
            if not _same(config.get(group), section):
                config[group] = section
        start = self.clock.start.isoformat()
        if str(config.get("start")) != start:
            config["start"] = start
        config |= {"days": self.clock.days, "step_hours": self.clock.step_hours, "seed": self.seed}
        object.__setattr__(self, "config", config)

    @cached_property
    def case(self) -> Case:
        """The case folder, read and checked once."""
        return cached_case(str(self.config["case"]))

    @property
    def world(self) -> World:
        """The case's world."""
        return self.case.world

    @cached_property
    def events(self) -> list[Event]:
        """What happens in this scenario: the case's events, with its changes."""
        return self.whatif.apply(self.case.events, self.world, self.clock, self.seed)

    @cached_property
    def run_id(self) -> str:
        """12 hex digits: a fingerprint of parts, clock, seed, inputs and version; ``config`` says them all."""
        return provenance.run_hash(self.config, self._inputs(), provenance.code_version(), self.seed)

    @property
    def folder(self) -> Path:
        """Where the run's folder goes."""
        return Path(str(self.config["results"])) / str(self.config["name"])

    @cached_property
    def _run_clock(self) -> Clock:
        """The clock with the nights of the case."""
        return dataclasses.replace(self.clock, nights=sun.nights_of(self.world, self.clock))

    def model(self) -> DisplacementModel:
        """A fresh model, at its start, as Mesa sees it: for notebooks."""
        from flightsim.model.model import DisplacementModel  # Mesa takes half a second: not needed to run

        return DisplacementModel(self.world, self.events, self._run_clock, self.parts, self.seed)

    def _schedule(self) -> Schedule:
        """The same without Mesa's view."""
        from flightsim.model.schedule import Schedule  # numba takes half a second: not needed to describe

        return Schedule(self.world, self.events, self._run_clock, self.parts, self.seed)

    @undisturbed()
    def run(self, progress: Progress | None = None, parent: Path | None = None) -> Outcome:
        """Simulate and write the results folder, or reuse a complete one of the same fingerprint.

        Its folder goes into ``parent``; without one, where the configuration says.
        """
        parent = parent or self.folder
        self._check_against_case()
        done = runs.find_complete(parent, self.run_id)
        if done is not None:
            return Outcome(done, True, (done / "run.log").read_text(encoding="utf-8").rstrip())
        check_writable(parent)
        began = time.perf_counter()
        model = self._schedule()
        for step in range(self.clock.n_steps):
            model.step()
            if progress:
                progress(step + 1, self.clock.n_steps)
        return self._write(model, began, parent)

    def _write(self, model: Schedule, began: float, parent: Path) -> Outcome:
        from flightsim.results import summary  # not needed to describe

        names = dict(zip(self.world.areas.area_id, self.world.areas.name, strict=True))
        about = provenance.of_run(
            inputs=self._inputs(),
            seed=self.seed,
            wall_seconds=time.perf_counter() - began,
            dark_hours=model.clock.dark_hours,
        )
        found = results.Results.in_memory(model.recorder.tables(), self.config, about, names)
        text = summary.text(found, self.world)

        def figures(folder: Path) -> None:
            from flightsim import plots  # matplotlib takes half a second
            from flightsim.plots import colours

            with colours.theme(DARK if self.config["figures"] == DARK else LIGHT):
                plots.draw_all(found, self.world, folder, self.config["boundaries"])

        path = runs.write_run(
            parent,
            self.run_id,
            found,
            summary_rows=summary.rows(found),
            figures=figures if self.config["figures"] else None,
            log=text + "\n",
        )
        return Outcome(path, False, (path / "run.log").read_text(encoding="utf-8").rstrip())

    def describe(self) -> str:
        """What this scenario amounts to, in words and figures, before it runs."""
        self._check_against_case()
        return "\n".join(_description(self))

    @cached_property
    def step_notes(self) -> list[str]:
        """What the length of a step changes, a sentence; none if it changes little."""
        parts = self.parts
        return exposure.note(parts.hazard, parts.behaviour, self.world, self.events, self.clock)

    def _inputs(self) -> dict[str, str]:
        hashes = dict(self.case.hashes)
        if self.config["boundaries"]:
            path = Path(str(self.config["boundaries"]))
            hashes["boundaries"] = provenance.hash_files(path.parent, [path.name])[path.name]
        if self.whatif.added:
            hashes["events.add"] = provenance.hash_of_all([Path(path) for path in self.whatif.added])
        series = getattr(self.parts.exodus, "series", None)
        if series is not None and series != OWN:
            path = Path(series)
            hashes["exodus.series"] = provenance.hash_files(path.parent, [path.name])[path.name]
        return hashes

    def _check_against_case(self) -> None:
        """The period must have something to do with the case; official outlines must fit it."""
        if self.config["boundaries"]:
            from flightsim.plots.shapes import outlines  # draws nothing; matplotlib is not needed to describe

            outlines(self.world, self.config["boundaries"])
        manifest = self.world.manifest
        first, last = manifest["start"], manifest["end"]
        end = self.clock.start + timedelta(days=self.clock.days - 1)
        if end < first - timedelta(days=31) or self.clock.start > last:
            raise InputError(
                f"start is {self.clock.start} and days is {self.clock.days}; expected a period that meets the case's, "
                f"{first} to {last}"
            )
        complaints = Complaints()
        complaints.collect(lambda: self.events)
        complaints.collect(self.parts.exodus.check, self.world, self.clock)
        complaints.raise_if_any()


def _same(section: Any, described: Mapping[str, Any]) -> bool:
    """Whether a section of the configuration says all of a part, and the same."""
    return isinstance(section, Mapping) and provenance.same(section, described)


def role_of(name: str) -> str:
    """Whose a setting, a part or a parameter is, by dotted name: lever, uncertainty or setting."""
    group, _, parameter = name.partition(".")
    if group in PARTS and not parameter:
        return LEVER if group in LEVER_GROUPS else UNCERTAINTY
    for part_type in PARTS.get(group, ()):
        for each in dataclasses.fields(part_type):
            if each.name == parameter:
                return str(each.metadata.get("role", SETTING))
    return SETTING


def unit_of(name: str) -> str:
    """The unit of a parameter, by dotted name; nothing for a setting or a part."""
    group, _, parameter = name.partition(".")
    fields = [each for part in PARTS.get(group, ()) for each in dataclasses.fields(part)]
    return next((str(each.metadata.get("unit", "")) for each in fields if each.name == parameter), "")


def from_config(config: Mapping[str, Any]) -> Scenario:
    """Check a whole composed configuration and make the scenario; InputError lists every trouble in it."""
    complaints = Complaints()
    config = renewed_parts(config)
    for key in config:
        if key not in (*SETTINGS, *PARTS):
            complaints.add(f"{key} is no setting of a scenario{nearest(key, [*SETTINGS, *PARTS])}")
    for key in (*SETTINGS, *PARTS):
        if key not in config:
            complaints.add(f"{key} is missing from the configuration")
    complaints.raise_if_any()
    _own_period(config, complaints)
    made = {group: _part(group, config[group], complaints) for group in PARTS}
    clock = _clock(config, complaints)
    _check_settings(config, complaints)
    complaints.raise_if_any()
    whatif = made.pop("events")
    return Scenario(
        config,
        Parts(**{group: part for group, part in made.items() if part is not None}),
        clock,
        config["seed"],
        whatif,
    )


def _own_period(config: dict[str, Any], complaints: Complaints) -> None:
    """Fill in a start or length left open: the case's own. What was not given is never complained of."""
    if config["start"] is not None and config["days"] is not None:
        return
    manifest = cached_case(str(config["case"])).world.manifest
    first, last = manifest["start"], manifest["end"]
    if config["start"] is None:
        config["start"] = first.isoformat()
    if config["days"] is None:
        start = _first_day(config["start"])
        days = 1 if start is None else (last - start).days + 1
        if start is not None and (days < 1 or (start < first and days > LONGEST_DAYS)):
            complaints.add(
                f"start is {start}; without days=… expected a date in the case's {first} to {last}"
            )
            days = 1
        elif days > LONGEST_DAYS:
            complaints.add(
                f"days is not given and the case has {days:,}, from {start} to {last}; expected days=… "
                f"up to {LONGEST_DAYS}"
            )
            days = 1
        config["days"] = days


def _part(group: str, section: Any, complaints: Complaints) -> Any:
    """The part that a section of the configuration describes; None, and complaints, if it does not."""
    if is_object(section):
        trouble = trouble_with(section, group, PARTS[group])
        if trouble:
            complaints.add(trouble)
        return None if trouble else section
    options = {f"{each.__module__}.{each.__name__}": each for each in PARTS[group]}
    options |= {target: point.load() for target, point in registered(group).items()}
    if not isinstance(section, Mapping) or "_target_" not in section:
        complaints.add(f"{group} is {section!r}; expected a part with its _target_, as in conf/{group}/")
        return None
    target = section["_target_"]
    if not isinstance(target, str) or target not in options:
        complaints.add(f"{group}._target_ is {target!r}; expected one of {', '.join(options)}")
        return None
    part_type = options[target]
    known = [each.name for each in dataclasses.fields(part_type)]
    values = {key: value for key, value in section.items() if key not in ("_target_", SOURCE)}
    unknown = [key for key in values if key not in known]
    for key in unknown:
        complaints.add(f"{group}.{key} is no parameter of {part_type.__name__}{nearest(key, known)}")
    try:
        return None if unknown else part_type(**values)
    except InputError as error:
        for text in error.complaints:
            complaints.add(text)
        return None


def _clock(config: Mapping[str, Any], complaints: Complaints) -> Clock:
    start, days, step = config["start"], config["days"], config["step_hours"]
    first = _first_day(start)
    if first is None:
        complaints.add(f"start is {str(start)!r}; expected a date such as 2019-12-01")
        first = date(2019, 12, 1)
    if not _is_whole(days) or not 1 <= days <= LONGEST_DAYS:
        complaints.add(f"days is {days!r}; expected a whole number from 1 to {LONGEST_DAYS}")
        days = 1
    if not _is_whole(step) or step not in STEP_HOURS:
        complaints.add(f"step_hours is {step!r}; expected one of {', '.join(map(str, STEP_HOURS))}")
        step = 1
    return Clock(first, days, step)


def _first_day(start: Any) -> date | None:
    """The date that a start says, or None if it says none, or one outside the years that a case may speak of."""
    first = as_date(start)
    return first if first is not None and YEARS[0] <= first.year <= YEARS[1] else None


def _check_settings(config: Mapping[str, Any], complaints: Complaints) -> None:
    for key in ("name", "case", "results"):
        if not isinstance(config[key], str) or not config[key].strip():
            complaints.add(f"{key} is {config[key]!r}; expected a text")
    if "://" in str(config["results"]):
        complaints.add(
            f"results is {config['results']!r}, an address; expected a folder: mount it, or write to a folder here and "
            "copy that (parts of a sweep: shard=3/100, then flightsim gather)"
        )
    name = str(config["name"])
    if name.strip() and not can_be_folder(name):
        complaints.add(f"name is {name!r}; expected a name that can be a folder's")
    if not _is_whole(config["seed"]) or not 0 <= config["seed"] < SEEDS:
        complaints.add(f"seed is {config['seed']!r}; expected a whole number from 0 to {SEEDS - 1}")
    if not isinstance(config["figures"], bool) and config["figures"] not in (LIGHT, DARK):
        complaints.add(f"figures is {config['figures']!r}; expected true, false, {LIGHT} or {DARK}")
    if config["count_from"] is not None and _first_day(config["count_from"]) is None:
        complaints.add(f"count_from is {config['count_from']!r}; expected a date such as 2019-12-23, or null")
    boundaries = config["boundaries"]
    if boundaries is not None and not Path(str(boundaries)).is_file():
        complaints.add(f"boundaries is {boundaries!r}; expected a GeoJSON file, or null")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _description(scenario: Scenario) -> list[str]:
    world, parts, clock = scenario.world, scenario.parts, scenario.clock
    places, manifest = world.places, world.manifest
    held = [
        f"{int((places.control == i).sum())} held by {label}"
        for i, label in enumerate(world.holders.label)
        if world.holders.lived_in[i] and (places.control == i).any()
    ]
    closed = bool(world.hostile(places.control).any())
    others = "; the others are held by a side under which nobody is modelled" * closed
    households = parts.population.synthesise(world, scenario.seed)
    room = world.room_persons[:, :OPEN].sum(axis=0)
    end = clock.date_of(clock.days - 1)
    kinds = {status: sum(e.status == status for e in scenario.events) for status in STATUSES}
    strikes = sum(float(e.value) for e in by_type(scenario.events, *STRIKES) if clock.start <= e.date <= end)
    captured = len({e.target for e in by_type(scenario.events, "captured") if clock.start <= e.date <= end})
    turns = [e for e in by_type(scenario.events, "hostility") if clock.start <= e.date <= end]
    label = dict(zip(world.holders.name, world.holders.label, strict=True))
    turned = "".join(
        f"; {label[e.target]} {'frightens' if e.value else 'does not frighten'} from {e.date} on"
        for e in turns
    )
    length = words.counted(clock.days, "day")
    period = f"From {clock.start} to {end}: {length} in steps of {clock.step_hours} h, seed {scenario.seed}."
    where = (
        f"{len(places)} places in {world.areas.noun.counted(len(world.areas))} ({words.listing(held)}{others}), "
        f"{len(world.roads)} roads."
    )
    who = (
        f"{world.persons:,.0f} people, {places.idps_persons.sum():,.0f} of them displaced before; "
        f"{len(households):,} agents, each for {households.weight:g} household(s)."
    )
    free = ", ".join(f"{RUNGS[r]} {room[r] * _room_factor(parts, r):,.0f}" for r in range(OPEN))
    n = len(world.facilities)
    health = "1 health facility" if n == 1 else f"{n} health facilities"
    care = (
        f"{health}, {int(world.facilities.functioning.sum())} working at the start; "
        f"{words.counted(int(world.crossings.is_border.sum()), 'border gate')}, rule: {parts.border.policy}."
    )
    held_events = words.counted(len(scenario.events), "event")
    known = ", ".join(f"{n:,} {status}" for status, n in kinds.items())
    taken = words.counted(captured, "place")
    what = f"{held_events}: {known}; in the period {strikes:,.0f} strikes and {taken} taken{turned}."
    return [
        f"{manifest['title']} (case {world.name}; data of {manifest['data_date']})",
        period,
        where,
        who,
        f"Free room for newcomers: {free} persons.",
        care,
        what,
        scenario.whatif.words(),
        *parts.exodus.words(world, clock),
        "Parts: " + ", ".join(f"{name} {type(part).__name__}" for name, part in vars(parts).items()) + ".",
        f"Results would go to {scenario.folder / scenario.run_id}.",
        *(
            f"Note: {note}"
            for note in (
                *scenario.case.warnings,
                *hourly(scenario.events, clock.step_hours),
                *scenario.step_notes,
            )
        ),
    ]


def _room_factor(parts: Parts, rung: int) -> float:
    return parts.shelter.site_room if rung == SITE else parts.shelter.room
