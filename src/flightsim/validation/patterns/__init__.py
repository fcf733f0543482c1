"""Does a run of the Idlib case show what was seen in the winter of 2019-20? Tables in, verdicts out.

Each pattern has its evidence, a value computed from the run's tables alone, and what the value should be. These
are patterns in the large (when, where from, where to), with bounds as wide as the evidence is vague; they tell
a wrong model, and do not measure a right one.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flightsim.errors import InputError
from flightsim.results.runs import Results
from flightsim.validation.patterns import arriving, leaving
from flightsim.validation.patterns.seen import MAARAT, Pattern
from flightsim.world import World

FIRST_EVIDENCE = date(2019, 12, 1)

__all__ = ["PATTERNS", "Pattern", "winter"]


def winter(found: Results, world: World) -> list[Pattern]:
    """All patterns of the winter, of one run of the Idlib case. InputError if it is of another place or season."""
    if MAARAT not in found.area_names or world.manifest["end"] < FIRST_EVIDENCE:
        raise InputError(
            f"the patterns are those of Idlib, winter 2019-20; {found.title} is a run of another case"
        )
    return [pattern(found, world) for pattern in PATTERNS]


PATTERNS: tuple[Callable[[Results, World], Pattern], ...] = (
    leaving.maarat_empties,
    leaving.empties_in_an_s,
    leaving.saraqab_leaves_early,
    leaving.saraqab_east_anticipates,
    leaving.lull,
    leaving.bursts,
    leaving.goes_on,
    leaving.released_by_the_pause,
    leaving.nights_under_attack,
    leaving.january_is_slower,
    leaving.western_aleppo_leaves,
    leaving.total_by_29_december,
    arriving.within_the_area,
    arriving.dana_receives_most,
    arriving.danas_share,
    arriving.northern_aleppo_grows,
    arriving.northern_aleppos_share,
    arriving.outward,
    arriving.half_with_hosts,
    arriving.rungs_in_order,
    arriving.repeat_moves,
    arriving.nobody_crosses_the_front,
    arriving.closed_is_closed,
    arriving.people_are_conserved,
)
"""Every pattern of the winter."""
