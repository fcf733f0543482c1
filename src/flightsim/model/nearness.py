"""What is felt at each place of what happens near it? Only pairs within a distance are kept, never all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from flightsim.world import Floats, Ints, World, over_ground_km, through_earth_km


@dataclass(frozen=True)
class Nearness:
    """Places and the sources near them: a sparse table (P, S) by row, sources in ascending order.

    begin  (P + 1,) where each place's pairs begin, and the end
    source (n,)     the source of each pair
    weight (n,)     km between them, or what `weighed` has made of it
    """

    begin: Ints
    source: Ints
    weight: Floats

    @property
    def place(self) -> Ints:
        """(n,) the place of each pair."""
        return np.repeat(np.arange(len(self.begin) - 1), np.diff(self.begin))

    def weighed(self, weight: Callable[[Floats, Ints, Ints], Floats]) -> Nearness:
        """The same pairs with other weights: a function of theirs, their places and their sources, all (n,)."""
        return replace(self, weight=weight(self.weight, self.place, self.source))

    def spread(self, amount: Floats) -> Floats:
        """(P,) or (P, m) what is felt at each place of the ``amount`` (S,) or (S, m) at the sources.

        Summed in order of the sources, so that it is the same to the bit on every machine.
        """
        from flightsim.model.place_kernels import (
            sum_by_row,
        )  # a compiler is not needed to describe a scenario

        columns = amount[:, None] if amount.ndim == 1 else amount
        felt = sum_by_row(self.begin, self.source, self.weight, columns)
        return np.asarray(felt.reshape(len(felt), *amount.shape[1:]))


def near_by(world: World, within_km: float, sources: Ints | None = None) -> Nearness:
    """The sources (places, given by row; all if none are) within so many straight km of each place; weights in km."""
    from flightsim.model.place_kernels import pairs_within  # a compiler is not needed to describe a scenario

    at_km = np.ascontiguousarray(world.at_km)
    rows = np.arange(len(at_km)) if sources is None else sources
    by_east = np.argsort(at_km[:, 0], kind="stable")
    if not world.wide:
        return Nearness(*pairs_within(at_km, by_east, rows, within_km))
    begin, source, km = pairs_within(at_km, by_east, rows, through_earth_km(within_km))
    return Nearness(begin, source, over_ground_km(km))
