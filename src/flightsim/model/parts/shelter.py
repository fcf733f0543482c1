"""How much room is left on each rung of the ladder, and who of those at the gate gets in?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from flightsim.clock import Clock
from flightsim.events import Event, by_type
from flightsim.parameter import ASSUMPTION, LEVER, check, parameter
from flightsim.world import HOST, OPEN, RENTED, SITE, UNFINISHED, Bools, Floats, Ints, World

SITES = ("site_opened", "site_closed")  # what changes the room in sites by date


@dataclass(frozen=True)
class ShelterLadder:
    """Host family, rented room, site, collective centre, unfinished building, open air: the first with room."""

    host_share: float = parameter(
        0.5,
        "share of households",
        0,
        1,
        "Households without kin at hand that would find a host family where there is room",
        "assumption; about half of December's displaced were with host families (OCHA, Dec 2019)",
    )
    rent_share: float = parameter(
        0.15, "share of households", 0, 1, "Households that can pay rent where there is room", ASSUMPTION
    )
    room: float = parameter(
        1.0,
        "factor",
        0,
        5,
        "Multiplies the free room with hosts, to rent, collective and unfinished",
        ASSUMPTION,
        role=LEVER,
    )
    site_room: float = parameter(
        1.0, "factor", 0, 5, "Multiplies the free room in sites", ASSUMPTION, role=LEVER
    )
    tents_per_day: float = parameter(
        150.0,
        "tents a day",
        0,
        5000,
        "Tents put up in sites a day while all aid crossings work, for one household each",
        "assumption; registered sites grew by some 30 to 40 thousand people a month in autumn 2019 (CCCM)",
        role=LEVER,
    )
    makeshift_per_day: float = parameter(
        0.15,
        "share a day",
        0,
        1,
        "Of those in the open, who has a makeshift tent or part of an unfinished building the next day",
        "assumption: a week in the open on average",
    )
    persons_a_tent: float = parameter(
        5.5, "persons", 3, 9, "People a tent shelters", "CCCM: 5.5 a tent", prior=(5, 6)
    )
    un_share: float = parameter(
        0.8,
        "share of aid",
        0,
        1,
        "Aid that comes through crossings authorised for the UN; the rest comes anyhow",
        ASSUMPTION,
    )

    def __post_init__(self) -> None:
        check(self, "shelter")

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Shelter:
        """The room at the start."""
        return Shelter(self, world, events, clock)


@dataclass(frozen=True)
class UnlimitedShelter:
    """A host family for everybody."""

    host_share = rent_share = 1.0
    room = site_room = float("inf")
    tents_per_day, persons_a_tent, un_share, makeshift_per_day = 0.0, 5.5, 0.0, 0.0

    def start(self, world: World, events: Sequence[Event], clock: Clock) -> Shelter:
        """Room without end."""
        return Shelter(self, world, [], clock)


class Shelter:
    """Room left, in persons: ``room`` (P, R). The open air has room for all."""

    def __init__(
        self,
        part: ShelterLadder | UnlimitedShelter,
        world: World,
        events: Sequence[Event],
        clock: Clock,
    ) -> None:
        self._part, self._clock, self._area = part, clock, world.places.area
        unlimited = np.isinf(part.room)
        self.room: Floats = world.room_persons.copy()
        for rung in range(OPEN):
            factor = part.site_room if rung == SITE else part.room
            self.room[:, rung] = np.inf if unlimited else np.maximum(self.room[:, rung], 0) * factor
        self.room[:, OPEN] = np.inf
        in_sites = world.site_population_persons
        self._site_share = in_sites / max(in_sites.sum(), 1e-9)
        self._aid = [
            (clock.day_index(event.date), float(event.value))
            for event in by_type(events, "aid_authorisation")
        ]
        self._sites = [event for event in by_type(events, *SITES) if event.date >= clock.start]
        self._row = {place_id: i for i, place_id in enumerate(world.places.place_id)}
        self._shut: Bools = np.zeros(len(world.places), bool)  # whose sites take in nobody more
        people = world.places.residents_persons + world.places.idps_persons
        self._in_sites = in_sites / np.maximum(people, 1.0)
        self.aid = 1.0

    def gather_in_lumps(self, row_persons: float) -> None:
        """Where a row stands for several households: the same room in lumps that hold a mean row's people."""
        if not np.isinf(self._part.room):
            self.room[:, :OPEN] = _in_lumps(self.room[:, :OPEN], row_persons, self._area)

    def new_day(self, day: int, lost: Bools) -> None:
        """Sites open and close; tents go up, as far as aid comes in; places on hostile ground offer no room."""
        while self._sites and self._clock.day_index(self._sites[0].date) <= day:
            self._open_or_close(self._sites.pop(0), lost)
        lost = lost | self._shut
        self.aid = self._supply(day)
        tents = self._part.tents_per_day * self._part.persons_a_tent * self.aid
        self.room[:, SITE] += tents * self._site_share * ~lost

    def _open_or_close(self, event: Event, lost: Bools) -> None:
        place = self._row[event.target]
        self._shut[place] = event.type == "site_closed"
        if self._shut[place]:
            self.room[place, SITE] = 0.0
        elif not lost[place]:
            self.room[place, SITE] = (
                max(self.room[place, SITE], 0.0) + float(event.value) * self._part.site_room
            )

    def make_do(self, outdoors_persons: Floats, lost: Bools) -> None:
        """Of so many people in the open at each place (P,), some make themselves a shelter: room that stays."""
        if not self._part.makeshift_per_day:
            return
        made = self._part.makeshift_per_day * outdoors_persons * ~lost
        self.room[:, UNFINISHED] = np.maximum(self.room[:, UNFINISHED], 0) + made

    def _supply(self, day: int) -> float:
        """Aid that comes in, against the first authorisation there was: part of it through UN crossings."""
        now = [crossings for since, crossings in self._aid if since <= day]
        if not now:
            return 1.0
        return 1.0 + self._part.un_share * (now[-1] / max(self._aid[0][1], 1.0) - 1.0)

    def aid_gained(self) -> Floats:
        """(P,) aid in sites beyond the start's, or short of it, by the share of people there who live in sites."""
        return np.asarray((self.aid - 1.0) * self._in_sites)

    def close(self, places: Ints) -> None:
        """No more room at places that were lost."""
        self.room[places, :OPEN] = 0.0

    def free(self, places: Ints, rungs: Ints, persons: Floats) -> None:
        """Give back the room of those who leave."""
        housed = (rungs >= 0) & ~((rungs == SITE) & self._shut[places])
        np.add.at(self.room, (places[housed], rungs[housed]), persons[housed])

    def free_share(self) -> Floats:
        """(P,) how much better than the open air a newcomer may expect to fare: room against 500 persons' need."""
        enough = 500.0  # assumption: a newcomer looks no further than the next hundred households
        indoors = np.minimum(self.room[:, :OPEN].sum(axis=1), enough)
        return np.asarray(indoors / enough)

    def indoors(self) -> Floats:
        """(P,) persons for whom there is room left under a roof; a rung that is overfull has none."""
        return np.asarray(np.maximum(self.room[:, :OPEN], 0).sum(axis=1))

    def admit(
        self, places: Ints, persons: Floats, has_kin: Bools, pays: Bools, drawn: Floats, weight: float = 1.0
    ) -> Ints:
        """The rung each household at the gate gets, best first; ``drawn`` (0 to 1) decides between equals.

        All arrays have the length of the households that ask. Takes the room they fill. Where a row stands for
        ``weight`` households, one that fits by more than half is let in: on average that fills what is there,
        while only whole fits would leave most small rooms empty. At weight 1 none is let in beyond the room.
        """
        from flightsim.model.kernels import fill  # a compiler is not needed to describe a scenario

        may = np.ones((len(places), OPEN), bool)
        may[:, HOST] = has_kin | (drawn < self._part.host_share)
        may[:, RENTED] = pays
        return fill(
            self.room, places, persons, persons * (1 - 1 / weight) / 2, may, np.argsort(drawn, kind="stable")
        )

    def pays(self, drawn: Floats) -> Bools:
        """Who can pay rent, from a keyed draw of the household."""
        return np.asarray(drawn < self._part.rent_share)


def _in_lumps(room: Floats, lump_persons: float, area: Ints) -> Floats:
    """The same room in all, gathered into lumps of a row's size at some places of each area.

    Where a row stands for ten households, rooms for two at thirty villages would take nobody in; the same room as
    six lumps takes in as many as at full scale.
    """
    order = np.argsort(area, kind="stable")
    gathered = np.empty_like(room)
    steps = np.rint(np.cumsum(room[order], axis=0) / lump_persons)
    gathered[order] = lump_persons * np.diff(steps, axis=0, prepend=0.0)
    return gathered
