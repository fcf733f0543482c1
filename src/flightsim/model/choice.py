"""Where to? Pure functions: arrays in, arrays out.

`agents.Household` holds the same rules for one household in plain scalars, and a test holds the two equal.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import numpy.typing as npt

from flightsim.model.draws import column_bits, exponential_table, gumbel
from flightsim.model.parts.behaviour import Flight
from flightsim.world import Bools, Floats, Ints

TOP = 3  # alternatives that explain() remembers
Floats32 = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Alternatives:
    """The places one may go to, in area order, and the gates abroad behind them as areas of their own.

    place   (D,)   rows of places, then P + gate rows
    first   (A',)  where each area begins in the columns above
    row     (A',)  the area's row in the world, gates behind the areas (twice where two sides hold an area and that
                   matters: see `alternatives`); also its row among the routing targets
    side    (A',)  who holds the area, index into the world's holders; -1: abroad
    key     (D,)   for the draws with each place; area_key (A',) for that with each area
    inverse_weight (D,) exp(the highest appeal - appeal)
    """

    place: Ints
    first: Ints
    row: Ints
    key: npt.NDArray[np.uint64]
    area_key: npt.NDArray[np.uint64]
    inverse_weight: Floats32
    side: Ints
    _bits: dict[int, npt.NDArray[np.uint64]] = field(default_factory=dict, compare=False)

    def bits(self, decision: int) -> npt.NDArray[np.uint64]:
        """(D,) the places' part in the draws of a decision, made when it is first asked for."""
        if decision not in self._bits:
            self._bits[decision] = column_bits(decision, self.key)
        return self._bits[decision]

    @cached_property
    def area(self) -> Ints:
        """(D,) the row of ``first`` each alternative belongs to."""
        return np.repeat(np.arange(len(self.first)), np.diff(self.first, append=len(self.place)))

    @cached_property
    def bounds(self) -> Ints:
        """(A' + 1,) where each area begins, and the end."""
        return np.append(self.first, len(self.place))

    @cached_property
    def _column(self) -> Ints:
        """The column of each place up to the last that is an alternative; and, at the end, what stands for none."""
        column = np.full(self.place.max() + 2, len(self.place))
        column[self.place] = np.arange(len(self.place))
        return column

    def column_of(self, places: Ints) -> Ints:
        """The column of each place; D if it is no alternative, or -1."""
        return np.asarray(self._column[np.minimum(places, len(self._column) - 1)])


def alternatives(
    appeal: Floats,
    area: Ints,
    side: Ints,
    place_key: npt.NDArray[np.uint64],
    area_key: npt.NDArray[np.uint64],
    by_side: bool = False,
) -> Alternatives:
    """Those with a finite appeal, by area; all arguments by place (gates are places with an area of their own).

    ``by_side``: an area that several sides hold is an alternative for each of them, with the same draw for the area.
    """
    rows = np.flatnonzero(np.isfinite(appeal))
    group = area * (side.max() + 2) + side + 1 if by_side and len(side) else area
    rows = rows[np.argsort(group[rows], kind="stable")]
    first = np.unique(group[rows], return_index=True)[1]
    areas = area[rows][first]
    top = appeal[rows].max() if len(rows) else 0.0
    return Alternatives(
        place=rows,
        first=first,
        row=areas,
        key=place_key[rows],
        area_key=area_key[areas],
        inverse_weight=np.exp(top - appeal[rows]).astype(np.float32),
        side=side[rows][first],
    )


def way_values(part: Flight, hours: Floats) -> Floats:
    """What ``hours`` along open roads take off an area's worth, of any shape; minus infinity where there is no way."""
    there_is_a_way = np.isfinite(hours)
    way = -part.distance_exponent * np.log(np.where(there_is_a_way, hours, 0.0) + part.near_hours)
    way[~there_is_a_way] = -np.inf
    return np.asarray(way)


def area_values(part: Flight, way: Floats, is_kin: Bools, other_side: Bools) -> Floats:
    """(n, A') what each area is worth to each household: the way, relatives, another authority's land."""
    return np.asarray(way + part.kin * is_kin - part.other_authority * other_side)


def choose(
    options: Alternatives,
    values: Floats,
    who: npt.NDArray[np.uint64],
    place_decision: int,
    area_decision: int,
    not_here: Ints,
) -> Ints:
    """The best alternative of each household: value + draw for the area + draw for the place.

    Returns (n, TOP) columns: the best alternative, then the best ones in the next best areas; -1 where there is
    none. The draw for a place is Gumbel, drawn as the smallest of
    exponential numbers over their weights (the same argmax, at half the cost); all draws are keyed by ``who``
    (household and occasion) and alternative, so closing one place moves only those who would have gone there.
    ``not_here`` (n, m) places that are no alternatives for this household (where it is, its home), or -1.
    """
    from flightsim.model.kernels import (  # a compiler is not needed to describe a scenario
        best_areas,
        first_of_each,
    )

    race = exponential_table(place_decision, who, bits=options.bits(place_decision))
    race *= options.inverse_weight
    least, column = first_of_each(race, options.column_of(not_here), options.bounds)
    with np.errstate(divide="ignore"):
        inside = -np.log(least, dtype=np.float64)
    total = values + gumbel(area_decision, who[:, None], options.area_key).reshape(values.shape) + inside
    return best_areas(total, column, TOP)
