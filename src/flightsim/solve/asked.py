"""What may be asked: LEVER=LOW..HIGH, a target and an outcome, all of it checked before anything runs."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flightsim import dotted
from flightsim.errors import Complaints, InputError, nearest
from flightsim.results.outcomes import Headline, headline
from flightsim.scenario import from_config, role_of
from flightsim.solve.roots import Question
from flightsim.sweeps.priors import parameters

Config = dict[str, Any]
BETWEEN = ".."
OWN: dict[str, Any] = {  # asked in the same language as the configuration, and what holds if it is not
    "target": None,
    "outcome": "additional_displaced_persons",
    "tolerance": "0.05",
    "replicates": "8",
}
PATHS = ("case", "results", "boundaries")  # settings in whose values two dots are a folder
NO_LEVERS = ("seed", "step_hours", "replicates", "workers")  # chance and machinery: nothing to solve for
LEAST_TOLERANCE, MOST_TOLERANCE = 0.0005, 0.5
MOST_REPLICATES = 1000


@dataclass(frozen=True)
class Lever:
    """One number of the configuration, and the range in which it may lie."""

    name: str
    low: float
    high: float
    whole: bool

    @property
    def role(self) -> str:
        """Whose it is: lever (ours to choose), uncertainty or setting."""
        return role_of(self.name)

    def at(self, config: Config, value: float) -> Config:
        """The configuration with the lever at this value; the one given is left as it is."""
        return dotted.changed(config, {self.name: int(value) if self.whole else value})

    def override(self, value: float) -> str:
        """What to add to a command for this value."""
        return f"{self.name}={self.text(value)}"

    def text(self, value: float) -> str:
        """The value as it is typed."""
        return f"{value:.0f}" if self.whole else f"{value:.10g}"

    @staticmethod
    def short(value: float) -> str:
        """A value as it is shown, not typed: three figures."""
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def split(words: Sequence[str]) -> tuple[str, dict[str, str], list[str]]:
    """The one word NAME=LOW..HIGH, what is wanted by name, and the overrides.

    InputError if there is no range, or more than one.
    """
    ranges = [word for word in words if _is_range(word)]
    if len(ranges) == 1:
        others = [word for word in words if word != ranges[0]]
        pairs = {word: word.partition("=") for word in others}
        own = {name: value for name, _, value in pairs.values() if name in OWN}
        return ranges[0], OWN | own, [word for word in others if pairs[word][0] not in OWN]
    if ranges:
        raise InputError(f"{' and '.join(ranges)}: one lever at a time; give the others one value each")
    raise InputError("expected a lever and its range, as hazard.strength=0..4")


def _is_range(word: str) -> bool:
    name, _, value = word.partition("=")
    return BETWEEN in value and name.lstrip("+") not in PATHS and "/" not in value


def lever(word: str, config: Config) -> Lever:
    """The lever that NAME=LOW..HIGH speaks of; InputError if it cannot be solved for.

    ``config`` is the scenario's, start and length filled in. Both ends are checked as a run's configuration
    is, so that bounds hold in the whole range.
    """
    name, _, value = word.partition("=")
    complaints = Complaints()
    numbers = [key for key in _numbers(config) if key not in NO_LEVERS]
    if name in NO_LEVERS:
        complaints.add(f"'{word}': {name} is chance or machinery, no lever")
    elif name not in _all(config):
        complaints.add(f"'{word}': there is no {name}{nearest(name, numbers)}")
    elif name not in numbers:
        complaints.add(f"'{word}': {name} is {_all(config)[name]!r}, not a number; a lever must be one")
    low, high = (_number(text) for text in value.split(BETWEEN, 1))
    if low is None or high is None:
        complaints.add(f"'{word}': expected two numbers, as {name}=0..4")
    elif low >= high:
        complaints.add(
            f"'{word}': the range is {'empty' if low == high else 'reversed'}; the lower end first"
        )
    complaints.raise_if_any()
    assert low is not None
    assert high is not None
    found = Lever(name, low, high, _is_whole(name, config))
    if found.whole and not (low.is_integer() and high.is_integer()):
        raise InputError(f"'{word}': {name} is a whole number; so must be both ends")
    for end in (low, high):
        try:
            from_config(found.at(config, end))
        except InputError as error:
            complaints.texts += [text for text in error.complaints if text not in complaints.texts]
    complaints.raise_if_any()
    return found


@dataclass(frozen=True)
class Wanted:
    """What the outcome is to be."""

    outcome: Headline
    target: float
    tolerance: float
    replicates: int

    def of(self, lever: Lever) -> Question:
        """The question with its range."""
        return Question(lever.low, lever.high, self.target, self.tolerance, lever.whole)


def wanted(outcome: str, target: str | None, tolerance: str, replicates: str) -> Wanted:
    """What is wanted, as numbers; InputError with all that is wrong with it."""
    complaints, found = Complaints(), None
    try:
        found = headline(outcome)
    except InputError as error:
        complaints.texts += error.complaints
    number, width, runs = (_number(text) for text in (target, tolerance, replicates))
    if target is None:
        complaints.add("the target is missing; add target=NUMBER, as target=500000")
    elif number is None or number <= 0:
        complaints.add(f"target is '{target}'; expected a number above 0, as 500000")
    if width is None or not LEAST_TOLERANCE <= width <= MOST_TOLERANCE:
        share = f"a share of the target from {LEAST_TOLERANCE:g} to {MOST_TOLERANCE:g}, as 0.05"
        complaints.add(f"tolerance is '{tolerance}'; expected {share}")
    if runs is None or not runs.is_integer() or not 1 <= runs <= MOST_REPLICATES:
        complaints.add(f"replicates is '{replicates}'; expected a whole number from 1 to {MOST_REPLICATES:,}")
    complaints.raise_if_any()
    assert found is not None
    assert number is not None
    assert width is not None
    assert runs is not None
    return Wanted(found, number, width, int(runs))


def _all(value: Any, name: str = "") -> dict[str, Any]:
    """Every value by its dotted name, sections not."""
    if not isinstance(value, Mapping):
        return {name: value}
    below = (_all(inner, f"{name}.{key}" if name else str(key)) for key, inner in value.items())
    return {key: inner for section in below for key, inner in section.items()}


def _numbers(config: Config) -> list[str]:
    """Of these the numbers, and what a part declares to be one although it is left open."""
    declared = parameters(config)
    return [
        name
        for name, value in _all(config).items()
        if (isinstance(value, int | float) and not isinstance(value, bool))
        or (name in declared and "low" in declared[name].metadata)
    ]


def _is_whole(name: str, config: Config) -> bool:
    """Whether the lever takes whole numbers only: as its part declares it, or as it stands in the settings."""
    declared = parameters(config).get(name)
    if declared is None:
        return isinstance(_all(config)[name], int)
    return str(declared.type).partition(" ")[0] == "int"


def _number(text: str | None) -> float | None:
    try:
        number = float(str(text).replace("_", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
