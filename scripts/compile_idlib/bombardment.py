"""Strikes by place and day: who was named, shared out to the day's level, and the unnamed places around.

Nothing here reads a report of displacement. UCDP's rows only say that a place was struck on a day.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
from front import Front
from geography import LIVED_IN
from levels import SHELLS_A_STRIKE, Level
from scipy.spatial import cKDTree
from sources import Sources, number, to_xy

UNNAMED_SHARE = 0.25  # a quarter of the day falls on places nobody named (20 to 30 %)
UNNAMED_KM, UNNAMED_FADE_KM = 10.0, 5.0
UNNAMED_MOST = 20  # places a day: keeps the table small
SHELLS_NEAR_FRONT_SHARE = 0.5  # assumption: half of the shells fall on unnamed places by the front
BORROWED_DAYS, BORROWED_FADE = 4, 0.6  # a day without any named place borrows its neighbours' places
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

    def __init__(self, src: Sources, front: Front, levels: dict[date, Level]) -> None:
        self.src, self.front, self.levels = src, front, levels
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
        if day in self.levels and self.src.control.get(place) == "opposition":
            now = self.named[day].get(place, np.zeros(3))
            self.named[day][place] = np.maximum(now, weights)

    def _read_monitors(self) -> None:
        """Places named by monitors; a row of low confidence counts half on its day and half on the next."""
        for row in self.src.rows(self.src.campaign.strikes):
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

    def _borrowed(self, day: date) -> dict[str, np.ndarray]:
        """The named places of a day, or of the days around it when none was named, fading with the gap."""
        if any(w[0] > 0 for w in self.named[day].values()):
            return self.named[day]
        found: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(3))
        for gap in range(1, BORROWED_DAYS + 1):
            for other in (day - timedelta(days=gap), day + timedelta(days=gap)):
                for place, weights in self.named.get(other, {}).items():
                    found[place] += BORROWED_FADE**gap * weights * np.array([1, 1, 0])
        return dict(found) | self.named[day]

    def _day(self, day: date) -> list[Strike]:
        """Air strikes, shelling and clashes of one day."""
        level = self.levels[day]
        named = self._borrowed(day)
        held = np.array([who == "opposition" for who in self.front.holders(day - timedelta(days=1))])
        near = self._nearness(day, named, held & self.lived_in)
        strikes: list[Strike] = []
        for form, total, unnamed in (
            (0, level.raids, UNNAMED_SHARE),
            (1, level.shells / SHELLS_A_STRIKE, SHELLS_NEAR_FRONT_SHARE),
        ):
            weights = {p: w[form] for p, w in named.items() if w[form] > 0}
            strikes += self._shared(day, form, total, weights, near, unnamed)
        return strikes + self._clashes(day)

    def _nearness(self, day: date, named: dict[str, np.ndarray], held: np.ndarray) -> np.ndarray:
        """(n,) weight of unnamed places: near the front, or near a named place."""
        front_km = self.front.front_km(day - timedelta(days=1))
        weight = np.where(front_km <= UNNAMED_KM, np.exp(-front_km / UNNAMED_FADE_KM), 0.0)
        struck = [p for p, w in named.items() if w[:2].sum() > 0]
        if struck:
            places = self.src.xy(struck)
            share = np.array([named[p][:2].sum() for p in struck])
            km = np.hypot(*(self.front.xy[:, None, :] - places[None, :, :]).transpose(2, 0, 1))
            weight = 0.3 * weight + (share * np.exp(-km / UNNAMED_FADE_KM) * (km <= UNNAMED_KM)).sum(axis=1)
        return np.asarray(weight * held)

    def _shared(
        self, day: date, form: int, total: float, weights: dict[str, float], near: np.ndarray, unnamed: float
    ) -> list[Strike]:
        """The day's total over named places by weight, and the rest over the places around them."""
        if total <= 0:
            return []
        level = self.levels[day]
        counted = (level.raids_counted, level.shells_counted)[form]
        why = (level.raids_why, level.shells_why)[form]
        other = near.copy()
        for p in weights:
            other[self.front.row[p]] = 0.0
        chosen = [i for i in np.argsort(-other, kind="stable")[:UNNAMED_MOST] if other[i] > 0]
        around = 1.0 if not weights else unnamed if chosen else 0.0
        found = []
        whole = sum(weights.values())
        for p, weight in weights.items():
            reported = p in self.named[day]
            status = "assumed" if not reported else "reported" if counted else "derived"
            source = "strikes_daily" if (day, p) in self.by_monitors else "UCDP GED v23.1"
            note = why if reported else f"place from the days around; {why}"
            value = (1 - around) * total * weight / whole
            found.append(Strike(day, FORMS[form], p, value, status, source_name(source, reported), note))
        rest = sum(other[i] for i in chosen)
        status = "derived" if counted and weights else "assumed"
        for i in chosen:
            value = around * total * other[i] / rest
            found.append(Strike(day, FORMS[form], self.front.pcodes[i], value, status, "unnamed share", why))
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
            if p not in values and self.src.control[p] == "opposition":
                note = "ground attack on the day of capture; strength: assumption"
                found.append(Strike(day, "clash", p, CLASH_AT_CAPTURE, "derived", "captures", note))
        return found

    def _clash_source(self, day: date, place: str) -> str:
        return source_name("strikes_daily" if (day, place) in self.by_monitors else "UCDP GED v23.1", True)


def source_name(table: str, reported: bool) -> str:
    """A short source for a row."""
    if not reported:
        return "days around"
    return "monitors by place and day" if table == "strikes_daily" else table
