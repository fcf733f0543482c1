"""Axes of a picture over time: days from left to right in every language, as on any calendar of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from markupsafe import Markup

from flightsim.brief import svg
from flightsim.brief.language import Language
from flightsim.world import Floats

WIDE, HIGH = 380.0, 214.0
LEFT, RIGHT, TOP, BOTTOM = 46.0, 8.0, 10.0, 20.0
MOST_TICKS = 6
TICK_DAYS = (1, 2, 3, 7, 14, 28, 56, 91, 182, 364)


@dataclass(frozen=True)
class Frame:
    """The room for data: ``days`` across, 0 to ``most`` up."""

    days: pd.DatetimeIndex
    most: float
    high: float = HIGH

    def x(self, at: Floats | float) -> Floats:
        """Across, of day numbers."""
        last = max(len(self.days) - 1, 1)
        return np.asarray(LEFT + np.asarray(at, float) / last * (WIDE - LEFT - RIGHT))

    def y(self, value: Floats | float) -> Floats:
        """Up, of values."""
        room = self.high - TOP - BOTTOM
        return np.asarray(self.high - BOTTOM - np.asarray(value, float) / max(self.most, 1e-9) * room)

    def points(self, values: Floats, at: Floats | None = None) -> Floats:
        """(n, 2) points of values by day."""
        return np.column_stack(
            [self.x(np.arange(len(values), dtype=float) if at is None else at), self.y(values)]
        )

    def band(self, low: Floats, high: Floats) -> Floats:
        """(2n, 2) points around what lies between two courses."""
        return np.concatenate([self.points(high), self.points(low)[::-1]])

    def axes(self, t: Language) -> Iterator[Markup]:
        """Grid, values at the left, days below."""
        rtl = t.direction == "rtl"
        for value in ticks(self.most):
            y = float(self.y(value))
            yield svg.line([(LEFT, y), (WIDE - RIGHT, y)], "grid")
            yield svg.text(LEFT - 4, y + 3.2, t.short(value, self.most), "tick", "end", rtl)
        every = next((n for n in TICK_DAYS if len(self.days) <= MOST_TICKS * n), TICK_DAYS[-1])
        for d in range(0, len(self.days), every):
            x = float(self.x(d))
            if x > WIDE - 20:
                continue
            yield svg.line([(x, self.high - BOTTOM), (x, self.high - BOTTOM + 3)], "axis")
            anchor = "start" if d == 0 else "middle"
            yield svg.text(x, self.high - BOTTOM + 13, t.day_short(self.days[d]), "tick", anchor, rtl)
        yield svg.line([(LEFT, self.high - BOTTOM), (WIDE - RIGHT, self.high - BOTTOM)], "axis")


def ticks(most: float) -> list[float]:
    """Round numbers from 0 to ``most``, four or so."""
    if most <= 0:
        return [0.0]
    power = 10.0 ** math.floor(math.log10(most))
    step = next(s * power for s in (0.2, 0.25, 0.5, 1, 2) if most / (s * power) <= 5)
    return [float(v) for v in np.arange(0, most * 1.0001, step)]
