"""Who holds which community on which day, and how far the front is."""

from __future__ import annotations

from datetime import date
from functools import cache

import numpy as np
from scipy.spatial import cKDTree
from sources import Sources

HOLDERS = {"captured": "government", "recaptured": "government", "retaken by opposition": "opposition"}


class Front:
    """Control by day, from the state at the start and the dated captures."""

    def __init__(self, src: Sources) -> None:
        self.src = src
        self.pcodes = sorted(p for p in src.control)
        self.xy = src.xy(self.pcodes)
        self.row = {p: i for i, p in enumerate(self.pcodes)}
        self.changes = [
            (date.fromisoformat(row["date_best"]), row["pcode"], HOLDERS[row["event"]])
            for row in src.captures
        ]
        self.first_captures: dict[str, date] = {}
        for day, pcode, holder in self.changes:
            if holder == "government":
                self.first_captures.setdefault(pcode, day)

    @cache  # noqa: B019 - one Front lives as long as the script
    def holders(self, day: date) -> tuple[str, ...]:
        """Holder of every community of ``pcodes`` at the end of a day."""
        now = [self.src.control[p] for p in self.pcodes]
        for when, pcode, holder in self.changes:
            if when <= day:
                now[self.row[pcode]] = holder
        return tuple(now)

    def held_by(self, pcode: str, day: date) -> str:
        """Holder of one community at the end of a day."""
        return self.holders(day)[self.row[pcode]]

    @cache  # noqa: B019
    def front_km(self, day: date) -> np.ndarray:
        """(n,) distance of every community to the nearest government-held one at the end of a day."""
        held = np.array([who == "government" for who in self.holders(day)])
        km, _ = cKDTree(self.xy[held]).query(self.xy)
        return np.asarray(km)

    def captured_on(self, day: date) -> list[str]:
        """Communities that the government took that day."""
        return sorted({p for when, p, holder in self.changes if when == day and holder == "government"})
