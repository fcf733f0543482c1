"""Who is: one row a household, one column a property. The engine changes columns; it never loops over rows."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from flightsim.world import OPEN

# where a household stands in its journey
SETTLED, EN_ROUTE, AT_CROSSING, ABROAD = range(4)
STATES = ("settled", "en_route", "at_crossing", "abroad")
NO_INTENT = -1  # in place of the step at which a household began to want to leave
AT_HOME = -1  # the rung of a household that lives in its own home

PERSONS_A_VEHICLE = 5.7  # one household: turns people an hour at a gate into vehicles

MEANS = ("car", "hire", "foot")
CAR, HIRE, FOOT = range(len(MEANS))

# kinds of household, for the pressure they feel: what it is here, twice (without and with a need for care)
STANDINGS = ("resident", "displaced", "in_the_open")
N_KINDS = 2 * len(STANDINGS)

_FIRST_KIND = np.full(
    OPEN + 2, 2
)  # by rung, AT_HOME at the end: of the kinds above, the one without a need for care
_FIRST_KIND[[AT_HOME, OPEN]] = 0, 4

_JOURNEY = np.uint64(0x9E3779B97F4A7C15)


@dataclass
class Households:
    """H households. A row stands for ``weight`` households of its kind (1 at full scale)."""

    weight: float
    key: npt.NDArray[np.uint64]  # (H,) who it is, for its draws: from its home's P-code and its number there
    home: npt.NDArray[np.int32]  # (H,) place at the start
    place: npt.NDArray[np.int32]  # (H,) where it is settled, or was last
    persons: npt.NDArray[np.int16]  # (H,)
    children: npt.NDArray[np.int16]  # (H,) under 18
    women: npt.NDArray[np.int16]  # (H,) 18 and over
    elderly: npt.NDArray[np.int16]  # (H,) 60 and over, part of the adults
    needs_care: npt.NDArray[np.bool_]  # (H,) a patient, a pregnant woman or an infant
    idp: npt.NDArray[np.bool_]  # (H,) displaced already at the start
    means: npt.NDArray[np.int8]  # (H,) index into MEANS
    kin_area: npt.NDArray[np.int16]  # (H,) area where relatives would host it
    sensitivity: npt.NDArray[np.float32]  # (H,) divides its thresholds: above 1 leaves sooner
    rung: npt.NDArray[np.int8]  # (H,) index into RUNGS, or AT_HOME
    state: npt.NDArray[np.int8]  # (H,) index into STATES
    occasion: npt.NDArray[np.int16]  # (H,) how many times it has settled anew: which draw is next
    moves: npt.NDArray[np.int16]  # (H,) departures so far
    displaced: npt.NDArray[np.bool_]  # (H,) has left home, or its shelter, since the start
    wants_since: npt.NDArray[np.int32]  # (H,) step at which it formed the intent to leave; -1: it has none

    def __len__(self) -> int:
        return len(self.key)

    @property
    def adult_men(self) -> npt.NDArray[np.int16]:
        """(H,) men of 18 and over."""
        return np.asarray(self.persons - self.children - self.women)

    def kind(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Which kind of household each row is at present, 0 to N_KINDS - 1."""
        return np.asarray(_FIRST_KIND[self.rung[rows]] + self.needs_care[rows])

    def people(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
        """Persons that each row stands for."""
        return np.asarray(self.persons[rows] * self.weight)

    def occasion_key(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.uint64]:
        """The key of each row's next journey: the household and how many it has made."""
        return np.asarray(self.key[rows] + self.moves[rows].astype(np.uint64) * _JOURNEY)

    def row(self, i: int) -> dict[str, Any]:
        """One household's columns as plain Python values."""
        return {f.name: getattr(self, f.name)[i].item() for f in fields(self) if f.name != "weight"}
