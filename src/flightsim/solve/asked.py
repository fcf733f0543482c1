"""What may be asked: LEVER=LOW..HIGH, a target and an outcome, all of it checked before anything runs."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flightsim.complaints import Complaints, InputError, nearest
from flightsim.outcomes import headline
from flightsim.scenario import PARTS, Scenario, from_config
from flightsim.solve.roots import Question

Config = dict[str, Any]
Composed = Callable[[Sequence[str]], Config]  # overrides to the configuration of one scenario
BETWEEN = ".."
PATHS = ("case", "results", "boundaries")  # settings in whose values two dots are a folder
NO_LEVERS = ("seed", "step_hours", "replicates", "workers")  # luck and machinery: nothing to solve for
LEAST_TOLERANCE, MOST_TOLERANCE = 0.0005, 0.5


@dataclass(frozen=True)
class Lever:
    """One number of the configuration, and the range in which it may lie."""

    name: str
    low: float
    high: float
    whole: bool

    def override(self, value: float) -> str:
        """What to add to a command for this value."""
        return f"{self.name}={self.text(value)}"

    def text(self, value: float) -> str:
        """The value as it is typed."""
        return f"{value:.0f}" if self.whole else f"{value:.10g}"

    @staticmethod
    def short(value: float) -> str:
        """A value that is told, not typed: three figures."""
        return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def split(words: Sequence[str]) -> tuple[str, list[str]]:
    """The one word NAME=LOW..HIGH, and the other words; InputError if there is none or more than one."""
    ranges = [word for word in words if _is_range(word)]
    if len(ranges) == 1:
        return ranges[0], [word for word in words if word != ranges[0]]
    if ranges:
        raise InputError(f"{' and '.join(ranges)}: one lever at a time; give the others one value each")
    raise InputError("expected a lever and its range, as hazard.strength=0..4")


def _is_range(word: str) -> bool:
    name, _, value = word.partition("=")
    return BETWEEN in value and name.lstrip("+") not in PATHS and "/" not in value


def lever(word: str, overrides: Sequence[str], composed: Composed) -> Lever:
    """The lever that NAME=LOW..HIGH speaks of; InputError if it cannot be solved for.

    Both ends are composed and checked as a run's configuration is, so that bounds hold in the whole range.
    """
    name, _, value = word.partition("=")
    complaints = Complaints()
    config = _filled_in(composed(overrides))
    numbers = [key for key in _numbers(config) if key not in NO_LEVERS]
    if name in NO_LEVERS:
        complaints.add(f"'{word}': {name} is luck or machinery, no lever")
    elif name not in _all(config):
        complaints.add(f"'{word}': there is no {name}{nearest(name, numbers)}")
    elif name not in numbers:
        complaints.add(f"'{word}': {name} is {_all(config)[name]!r}, not a number; a lever must be one")
    ends = [_number(text) for text in value.split(BETWEEN, 1)]
    low, high = ends
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
            from_config(composed([*overrides, found.override(end)]))
        except InputError as error:
            complaints.texts += [text for text in error.complaints if text not in complaints.texts]
    complaints.raise_if_any()
    return found


def question(lever: Lever, outcome: str, target: str | float, tolerance: str | float) -> Question:
    """The question as numbers; InputError with all that is wrong with target, tolerance and outcome."""
    complaints = Complaints()
    try:
        headline(outcome)
    except InputError as error:
        complaints.texts += error.complaints
    wanted, width = _number(target), _number(tolerance)
    if wanted is None or wanted <= 0:
        complaints.add(f"the target is {target!r}; expected a number above 0, as 500000")
    if width is None or not LEAST_TOLERANCE <= width <= MOST_TOLERANCE:
        complaints.add(
            f"the tolerance is {tolerance!r}; expected a share of the target "
            f"from {LEAST_TOLERANCE:g} to {MOST_TOLERANCE:g}, as 0.05"
        )
    complaints.raise_if_any()
    assert wanted is not None
    assert width is not None
    return Question(lever.low, lever.high, wanted, width, lever.whole)


def _filled_in(config: Config) -> Config:
    """The configuration with the start and length that the case gives, where none were given."""
    scenario: Scenario = from_config(config)
    return {**config, **scenario.config}


def _all(value: Any, name: str = "") -> dict[str, Any]:
    """Every value by its dotted name, sections not."""
    if not isinstance(value, Mapping):
        return {name: value}
    below = (_all(inner, f"{name}.{key}" if name else str(key)) for key, inner in value.items())
    return {key: inner for section in below for key, inner in section.items()}


def _numbers(config: Config) -> list[str]:
    """Of these the numbers, and what a part declares to be one although it is left open."""
    return [
        name
        for name, value in _all(config).items()
        if (isinstance(value, int | float) and not isinstance(value, bool))
        or "low" in getattr(_declared(name, config), "metadata", ())
    ]


def _declared(name: str, config: Config) -> dataclasses.Field[Any] | None:
    """The field of a part that a dotted name stands for; None for a setting."""
    group, _, field = name.partition(".")
    section = config[group]
    target = section.get("_target_") if isinstance(section, Mapping) else None
    for part_type in PARTS.get(group, ()):
        if target == f"{part_type.__module__}.{part_type.__name__}":
            return next((each for each in dataclasses.fields(part_type) if each.name == field), None)
    return None


def _is_whole(name: str, config: Config) -> bool:
    """Whether the lever takes whole numbers only: as its part declares it, or as it stands in the settings."""
    declared = _declared(name, config)
    if declared is None:
        return isinstance(_all(config)[name], int)
    return str(declared.type).partition(" ")[0] == "int"


def _number(text: str | float) -> float | None:
    try:
        number = float(str(text).replace("_", ""))
    except ValueError:
        return None
    return number if math.isfinite(number) else None
