"""Strikes by place and day: who was named, shared out to the day's level, and unnamed places around the fighting.

Nothing here reads a report of displacement. UCDP's rows only say that a place was struck on a day.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from front import Front
from geography import LIVED_IN
from levels import SHELLS_A_STRIKE, Level
from scipy.spatial import cKDTree
from sources import Sources, number, to_xy

UNNAMED_SHARE = 0.25  # at least a quarter of the day falls on places nobody named (20 to 30 %)
# A day's list that is long (17, 19, 21, 22 December: 83 places, 198 raids on Civil Defence's scale) has 2.4 raids a
# place. A place named on a short list is one of about as many; being named, it may have had twice its part.
RAIDS_A_PLACE = 198 / 83
NAMED_AT_MOST = 2 * RAIDS_A_PLACE
FIGHT_KM, FIGHT_REACH_KM = 3.0, 10.0  # around ground fighting: e-folding, and the end of it (assumption)
FRONT_KM, FRONT_FADE_KM = 10.0, 5.0  # behind the front: reach and fading (assumption)
# Days before and after ground fighting on which places around it are bombed; wider where there is none so near
FIGHT_DAYS = ((3, 1), (7, 7), (14, 14))
# One clash draws no day's raids: it takes so many places taken or clashes; and what is named a clash farther from
# hostile ground than this is a raid by another name (assumptions)
FIGHTS_LEAST, CLASH_FRONT_KM = 3.0, 5.0
UNNAMED_FEWEST = 20  # unnamed places a day; more where these would have to bear more than a named one
ALEPPO = "SY02"
SHELLS_NEAR_FRONT_SHARE = 0.5  # assumption: half of the shells fall on unnamed places by the front
FEWEST_STRIKES, FEWEST_PLACES = 0.05, 5
CLASH_AT_CAPTURE, CLASH_REPORTED = 3.0, 2.0  # assumption: strikes' worth of a ground attack on one place
AIR, SHELL, MIXED = 1.0, 1.0, 0.8
KINDS = {  # kind of row: (weight in the air share, weight in the shelling share, clash)
    "air_raid": (AIR, 0.0, 0.0),
    "air_raid_russian": (AIR, 0.0, 0.0),
    "air_raid_government": (AIR, 0.0, 0.0),
    "barrel_bomb": (AIR, 0.0, 0.0),
    "cluster": (AIR, 0.0, 0.0),
    "mixed": (MIXED / 2, MIXED / 2, 0.0),
    "shell_rocket": (0.0, SHELL, 0.0),
    "ground_clash": (0.0, 0.0, 1.0),
}
UCDP_WEIGHTS = {"airstrike": (0.5, 0.0, 0.0), "shelling": (0.0, 0.5, 0.0), "clash": (0.0, 0.0, 1.0)}
UCDP_UNKNOWN = (0.25, 0.25, 0.0)
UCDP_KM = 3.0  # a UCDP point names the community within this distance
FORMS = ("air_strike", "shelling", "clash")
Presence = dict[date, dict[str, np.ndarray]]


@dataclass(frozen=True)
class Strike:
    """Expected strikes of one form at one place on one day."""

    day: date
    form: str
    place: str
    value: float
    status: str
    source: str
    note: str


class Bombardment:
    """Builds the strikes of all days."""

    def __init__(
        self, src: Sources, front: Front, levels: dict[date, Level], aleppo_shares: dict[date, float]
    ) -> None:
        self.src, self.front, self.levels = src, front, levels
        self.in_aleppo = np.array([src.gazetteer[p]["adm3_pcode"].startswith(ALEPPO) for p in front.pcodes])
        self.everywhere = np.ones(len(front.pcodes), bool)
        self.aleppo_shares = aleppo_shares  # of a day's raids, on days for which it was counted
        self.named: Presence = {day: {} for day in levels}
        self.by_monitors: set[tuple[date, str]] = set()
        self._read_monitors()
        self._read_ucdp()
        self.lived_in = np.array([src.control[p] in LIVED_IN for p in front.pcodes])

    def strikes(self) -> list[Strike]:
        """All strikes, by day, form and place."""
        found = [strike for day in self.levels for strike in self._day(day)]
        return sorted(found, key=lambda s: (s.day, FORMS.index(s.form), s.place))

    def _name(self, day: date, place: str, weights: np.ndarray) -> None:
        """Marks a place as struck; the heaviest row counts."""
        known = day in self.levels and place in self.front.row
        if known and self._can_be_struck(day)[self.front.row[place]]:
            now = self.named[day].get(place, np.zeros(3))
            self.named[day][place] = np.maximum(now, weights)

    def _can_be_struck(self, day: date) -> np.ndarray:
        """(n,) places that the opposition held at the end of the day before: nobody bombs what they hold."""
        return np.array([who == "opposition" for who in self.front.holders(day - timedelta(days=1))])

    def _read_monitors(self) -> None:
        """Places named by monitors; a row of low confidence counts half on its day and half on the next."""
        for row in (row for table in self.src.campaign.strikes for row in self.src.rows(table)):
            if row["dup_of"] or not row["pcode"] or row["kind"] not in KINDS:
                continue
            first, last = date.fromisoformat(row["date"]), date.fromisoformat(row["date_end"])
            days = [first, last] if last != first else [first]
            share = 1.0 / len(days)
            if row["confidence"] == "low" and len(days) == 1:
                days, share = [first, first + timedelta(days=1)], 0.5
            for day in days:
                self._name(day, row["pcode"], share * np.array(KINDS[row["kind"]]))
                self.by_monitors.add((day, row["pcode"]))

    def _read_ucdp(self) -> None:
        """Further places, from lethal events that have a point and a single day."""
        pcodes = self.front.pcodes
        tree = cKDTree(self.front.xy)
        for row in self.src.rows(self.src.campaign.hostilities):
            kind = row.get("class", "lethal_event")  # a table without the column holds nothing else
            if kind != "lethal_event" or row["violence"] != "State" or row["place_is_point"] != "True":
                continue
            day = date.fromisoformat(row["date_start"])
            if row["date_end"] != row["date_start"] or day not in self.levels:
                continue
            km, i = tree.query(to_xy(np.array([[number(row["lat"]), number(row["lon"])]]))[0])
            if km <= UCDP_KM:
                kinds = [UCDP_WEIGHTS[k] for k in row.get("type", "").split("|") if k in UCDP_WEIGHTS]
                weights = np.max(np.array(kinds or [UCDP_UNKNOWN]), axis=0)
                self._name(day, pcodes[i], weights)

    def _day(self, day: date) -> list[Strike]:
        """Air strikes, shelling and clashes of one day."""
        level, named = self.levels[day], self.named[day]
        strikes: list[Strike] = []
        for where, share in self._parts(day):
            weights = {p: w[0] for p, w in named.items() if w[0] > 0 and where[self.front.row[p]]}
            near = self._nearness(day, where)
            strikes += self._shared(day, 0, share * level.raids, weights, near, UNNAMED_SHARE)
        weights = {p: w[1] for p, w in named.items() if w[1] > 0}
        near = self._nearness(day, self.everywhere)
        strikes += self._shared(
            day, 1, level.shells / SHELLS_A_STRIKE, weights, near, SHELLS_NEAR_FRONT_SHARE
        )
        return strikes + self._clashes(day)

    def _parts(self, day: date) -> list[tuple[np.ndarray, float]]:
        """Governorates, as (n,) places of each, with their share of the day's raids; all as one where not counted."""
        if day not in self.aleppo_shares:
            return [(self.everywhere, 1.0)]
        share = self.aleppo_shares[day]
        return [(self.in_aleppo, share), (~self.in_aleppo, 1 - share)]

    def _nearness(self, day: date, where: np.ndarray) -> np.ndarray:
        """(n,) weight of unnamed places there: around the ground fighting of these days, or else behind the front."""
        may = self._can_be_struck(day) & self.lived_in & where
        for before, after in FIGHT_DAYS:
            fights = self._fights(day, before, after)
            fights = {p: weight for p, weight in fights.items() if where[self.front.row[p]]}
            if sum(fights.values()) >= FIGHTS_LEAST:
                places, weights = self.src.xy(list(fights)), np.array(list(fights.values()))
                km = np.hypot(*(self.front.xy[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
                near = np.where(km <= FIGHT_REACH_KM, np.exp(-km / FIGHT_KM), 0.0) @ weights
                if (near * may).any():
                    return np.asarray(near * may)
        front_km = self.front.front_km(day - timedelta(days=1))
        behind = np.where(front_km <= FRONT_KM, np.exp(-front_km / FRONT_FADE_KM), 0.0)
        return np.asarray(behind * may)

    def _fights(self, day: date, before: int, after: int) -> dict[str, float]:
        """Ground fighting to come in so many days or over for so many: places taken; clashes of these three days."""
        found: dict[str, float] = {}
        for gap in range(-after, before + 1):
            other = day + timedelta(days=gap)
            for place in self.front.captured_on(other):
                found[place] = found.get(place, 0.0) + 1.0
            if abs(gap) <= 1:
                front_km = self.front.front_km(other - timedelta(days=1))
                for place, weights in self.named.get(other, {}).items():
                    if weights[2] > 0 and front_km[self.front.row[place]] <= CLASH_FRONT_KM:
                        found[place] = found.get(place, 0.0) + weights[2]
        return dict(sorted(found.items()))

    def _shared(
        self, day: date, form: int, total: float, weights: dict[str, float], near: np.ndarray, unnamed: float
    ) -> list[Strike]:
        """The day's total: each named place its part, but no more than one can bear; the rest around the fighting."""
        if total <= 0:
            return []
        level = self.levels[day]
        counted = (level.raids_counted, level.shells_counted)[form]
        why = (level.raids_why, level.shells_why)[form]
        other = near.copy()
        for p in weights:
            other[self.front.row[p]] = 0.0
        some = other.any()
        values = dict(named_parts(total, weights, unnamed if some else 0.0, NAMED_AT_MOST if some else total))
        found = []
        for p, value in values.items():
            source = "strikes_daily" if (day, p) in self.by_monitors else "UCDP GED v23.1"
            status = "reported" if counted else "derived"
            found.append(Strike(day, FORMS[form], p, value, status, source_name(source), why))
        status = "derived" if counted and weights else "assumed"
        for i, value in unnamed_parts(total - sum(values.values()), other):
            place = self.front.pcodes[i]
            found.append(Strike(day, FORMS[form], place, value, status, "unnamed: around the fighting", why))
        few = sorted(found, key=lambda s: -s.value)[:FEWEST_PLACES]
        kept = [s for s in found if s.value >= FEWEST_STRIKES] or few
        scale = total / sum(s.value for s in kept)
        return [replace(s, value=s.value * scale) for s in kept]

    def _clashes(self, day: date) -> list[Strike]:
        """Ground fighting: where it was reported, and at the places taken that day."""
        values = {p: CLASH_REPORTED * w[2] for p, w in self.named[day].items() if w[2] > 0}
        found = [
            Strike(day, "clash", p, v, "reported", self._clash_source(day, p), "strength: assumption")
            for p, v in values.items()
        ]
        for p in self.front.captured_on(day):
            if p not in values and self._can_be_struck(day)[self.front.row[p]]:
                note = "ground attack on the day of capture; strength: assumption"
                found.append(Strike(day, "clash", p, CLASH_AT_CAPTURE, "derived", "captures", note))
        return found

    def _clash_source(self, day: date, place: str) -> str:
        return source_name("strikes_daily" if (day, place) in self.by_monitors else "UCDP GED v23.1")


def named_parts(
    total: float, weights: dict[str, float], unnamed: float, at_most: float
) -> list[tuple[str, float]]:
    """What each named place gets of a day's total: by weight, but no more than ``at_most`` for one of full weight."""
    whole = sum(weights.values())
    share = (1 - unnamed) * total / whole if whole else 0.0
    return [(place, weight * min(share, at_most)) for place, weight in weights.items()]


def unnamed_parts(total: float, near: np.ndarray) -> list[tuple[int, float]]:
    """What is left over the nearest places by weight, over so many that none bears more than a named one could."""
    order = [int(i) for i in np.argsort(-near, kind="stable") if near[i] > 0]
    fewest = max(UNNAMED_FEWEST, int(np.ceil(total / RAIDS_A_PLACE)))
    chosen, found = order[:fewest], dict.fromkeys(order[:fewest], 0.0)
    most = max(NAMED_AT_MOST, total / max(len(chosen), 1))
    open_places, left = list(chosen), total
    while open_places and left > 1e-9:
        rest = sum(near[i] for i in open_places)
        parts = {i: left * near[i] / rest for i in open_places}
        for i, part in parts.items():
            found[i] = min(found[i] + part, most)
        left = total - sum(found.values())
        open_places = [i for i in open_places if found[i] < most - 1e-9]
    return list(found.items())


def source_name(table: str) -> str:
    """A short source for a row."""
    return "monitors by place and day" if table == "strikes_daily" else table
