"""The runs that are compared, as arrays: a row a run, in the order of scenarios and replicates."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from flightsim.comparison.roles import LEVER, SETTING
from flightsim.results.outcomes import AT_THE_BORDER, HEADLINES, Headline
from flightsim.results.sweeps import Sweep
from flightsim.world import Floats, Ints


@dataclass(frozen=True)
class Material:
    """n runs over D days common to all, with A sub-districts. Made by ``reading.read``."""

    sweep: Sweep
    scenarios: tuple[str, ...]  # those with finished runs, the baseline first
    runs: pd.DataFrame  # (n rows) scenario, replicate, seed, path
    days: pd.DatetimeIndex  # (D,)
    headlines: tuple[Headline, ...]
    courses: Mapping[str, Floats]  # by outcome (n, D)
    arrivals: Floats  # (n, A) in the days compared
    area_ids: tuple[str, ...]
    area_names: Mapping[str, str]
    configs: Mapping[str, Mapping[str, Any]]  # of one run of each scenario
    notes: tuple[str, ...] = ()  # what limits the comparison, a sentence each
    same_people: bool = True  # whether all scenarios have the same households
    axis_values: Mapping[str, Mapping[str, Any]] = field(
        default_factory=dict
    )  # of each scenario, of what is varied
    varied: Mapping[str, str] = field(
        default_factory=dict
    )  # what the scenarios differ in: lever | uncertainty | …

    @property
    def baseline(self) -> str:
        """The scenario that the others are compared with."""
        return self.scenarios[0]

    @property
    def others(self) -> tuple[str, ...]:
        """The scenarios that are compared with the baseline."""
        return self.scenarios[1:]

    @property
    def first(self) -> date:
        """The first day compared."""
        return date.fromisoformat(str(self.days[0])[:10])

    @property
    def last(self) -> date:
        """The last day compared."""
        return date.fromisoformat(str(self.days[-1])[:10])

    @property
    def count_from(self) -> date | None:
        """The date from which additional people are counted, if one was given."""
        return date.fromisoformat(self.sweep.count_from) if self.sweep.count_from else None

    @property
    def case(self) -> str:
        """The case all runs are of."""
        return str(self.configs[self.baseline].get("case"))

    def role_of(self, scenario: str) -> str:
        """Whether what sets a scenario apart is ours to choose: lever, uncertainty, or both in words."""
        own, base = self.axis_values.get(scenario, {}), self.axis_values.get(self.baseline, {})
        apart = {role for name, role in self.varied.items() if own.get(name) != base.get(name)}
        return " and ".join(sorted(apart)) or "setting"

    @property
    def levers(self) -> tuple[str, ...]:
        """What the scenarios differ in that is ours to choose."""
        return tuple(name for name, role in self.varied.items() if role == LEVER)

    @property
    def uncertainties(self) -> tuple[str, ...]:
        """What the scenarios differ in that is not ours."""
        return tuple(name for name, role in self.varied.items() if role not in (LEVER, SETTING))

    @property
    def settings(self) -> tuple[str, ...]:
        """What the scenarios differ in that is neither: the course of events that a user asks about."""
        return tuple(name for name, role in self.varied.items() if role == SETTING)

    @property
    def asks_of_the_border(self) -> bool:
        """Whether the scenarios differ in who may cross, so that waiting and gone abroad are shown, even if nobody."""
        return any(name.partition(".")[0] == "border" for name in self.varied)

    @property
    def main(self) -> Headline:
        """The outcome that is spoken of first."""
        return HEADLINES["additional_displaced_persons" if self.count_from else "displaced_persons"]

    @cached_property
    def telling(self) -> tuple[Headline, ...]:
        """The outcomes that are anything but zero in any run, the first one first, none told twice.

        A question of the border always has those who wait and those gone abroad, side by side.
        """
        twice = "displaced_persons" if self.count_from else "additional_displaced_persons"
        always = AT_THE_BORDER if self.asks_of_the_border else ()
        found = [h for h in self.headlines if h.name != twice and (h.name in always or self.happens(h))]
        return tuple(sorted(found, key=lambda h: h.name != self.main.name))

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many runs each scenario has."""
        return {name: len(self.of(name)) for name in self.scenarios}

    @property
    def counted(self) -> str:
        """How many runs, as figures say it: ``3 scenarios, 30 runs each``."""
        least, most = min(self.sizes.values()), max(self.sizes.values())
        n = len(self.scenarios)
        each = f"{most:,} run{'s' * (most > 1)}" if least == most else f"{least:,} to {most:,} runs"
        return f"{n} scenario{'s' * (n > 1)}, {each} each" if n > 1 else each

    def of(self, scenario: str) -> Ints:
        """The rows of a scenario's runs, by replicate."""
        return np.flatnonzero((self.runs["scenario"] == scenario).to_numpy())

    def pairs(self, scenario: str) -> tuple[Ints, Ints]:
        """Rows of a scenario and of the baseline, the same replicate of each: same households, same random numbers."""
        own, base = (
            {(self.runs["replicate"].iat[i], self.runs["seed"].iat[i]): i for i in self.of(name)}
            for name in (scenario, self.baseline)
        )
        both = [key for key in own if key in base]
        return np.array([own[k] for k in both], dtype=np.intp), np.array(
            [base[k] for k in both], dtype=np.intp
        )

    def values(self, headline: Headline) -> Floats:
        """(n,) the number that the outcome comes to in each run; nan where it has none."""
        course = self.courses[headline.name]
        return course.max(axis=1) if headline.kind == "peak" else course[:, -1]

    def happens(self, headline: Headline) -> bool:
        """Whether the outcome is anything but zero or unknown in any run."""
        return bool((np.nan_to_num(self.values(headline)) != 0).any())
