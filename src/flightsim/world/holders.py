"""Who holds ground: the sides of a case, and countries abroad."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from flightsim.world.arrays import Bools, Ints

HOME = -1  # instead of a country abroad


@dataclass(frozen=True)
class Holders:
    """The H sides of a case; a place's ``control`` is an index into them.

    name      as the tables write it
    label     as products write it
    frightens whether people around flee from its captures, at the start; events of type hostility change it
    lived_in  whether people live, stay and arrive on its ground; where not, nobody is modelled there, nobody goes there
              and nobody leaves a place once it is taken
    crossed   whether one gets from its ground to another such side's by any road, not at crossings alone
    abroad    whether it is a country abroad, which holds its own places; those come last
    colour    on maps, as #AA3300; blank: none of its own
    dangerous_to  names of the sides whose people fear it: while it frightens, its captures alarm those on their ground
              alone, and whoever had a home there at the start does not flee to its ground. Empty: its captures alarm
              everybody around, and people may flee to its ground
    """

    name: tuple[str, ...]
    label: tuple[str, ...]
    frightens: tuple[bool, ...]
    lived_in: tuple[bool, ...]
    crossed: tuple[bool, ...]
    abroad: tuple[bool, ...] = ()  # empty: none is
    colour: tuple[str, ...] = ()  # empty: no side has one
    dangerous_to: tuple[tuple[str, ...], ...] = ()  # empty: no side says so

    @property
    def countries(self) -> list[int]:
        """The countries abroad, as numbers of sides."""
        return [i for i, is_country in enumerate(self.abroad) if is_country]

    @property
    def codes(self) -> tuple[str, ...]:
        """The codes of the countries abroad."""
        return tuple(self.name[i] for i in self.countries)

    @property
    def sides(self) -> tuple[str, ...]:
        """The names of those who hold ground at home."""
        return tuple(name for i, name in enumerate(self.name) if i not in self.countries)

    def with_countries(self, labels: Mapping[str, str]) -> Holders:
        """The same sides, and behind them countries abroad by code, which one enters at gates alone."""
        n, more = len(self.name), len(labels)
        return Holders(
            name=(*self.name, *labels),
            label=(*self.label, *labels.values()),
            frightens=(*self.frightens, *[False] * more),
            lived_in=(*self.lived_in, *[True] * more),
            crossed=(*self.crossed, *[False] * more),
            abroad=(*[False] * n, *[True] * more),
            colour=(*self.colour, *[""] * more) if self.colour else (),
            dangerous_to=(*self.dangerous_to, *[()] * more) if self.dangerous_to else (),
        )

    def index(self, name: str) -> int:
        """The number of a side by its name; ValueError if there is none of that name."""
        return self.name.index(name)

    @cached_property
    def avoided(self) -> Bools:
        """(H, H) whether people from ground of one side do not flee to ground of another, while that frightens."""
        found = np.zeros((len(self.name), len(self.name)), bool)
        for side, people_of in enumerate(self.dangerous_to):
            found[[self.index(name) for name in people_of], side] = True
        return found

    @cached_property
    def alarmed(self) -> Bools:
        """(H, H) whether people on ground of one side are alarmed when another takes a place, while that frightens."""
        return np.asarray(self.avoided | ~self.avoided.any(axis=0))

    def closed(self, control: Ints | int) -> Bools:
        """Whether each place is closed to those who flee, by who holds it; any shape."""
        return ~np.array(self.lived_in)[control]

    def taken(self, before: Ints, after: Ints) -> Bools:
        """Whether ground changed hands for those who flee, any shape: closed now and not before, or another side's now.

        Ground that was closed and is open again counts as not taken: people may return.
        """
        found: Bools = ~self.closed(before) & (self.closed(after) | (np.asarray(before) != np.asarray(after)))
        return found

    def apart(self, control: Ints) -> Ints:
        """Alike for ground between which every road may be taken, by who holds it; -2 for closed ground."""
        own = np.where(self.crossed, len(self.name), np.arange(len(self.name)))
        return np.where(self.closed(control), -2, own[control])


# What a case without sides of its own has: those of north-west Syria.
SYRIA = Holders(
    name=("opposition", "sna", "government", "sdf"),
    label=("the opposition", "the SNA", "the government", "the SDF"),
    frightens=(False, False, True, True),
    lived_in=(True, True, False, False),
    crossed=(False, False, False, False),
)
