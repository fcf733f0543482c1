"""Numbers and dates as a planner reads them: few figures, plain words."""

from __future__ import annotations

import math
from datetime import date

import numpy as np


def headline(value: float) -> float:
    """The value at two significant figures, as headlines show it: 283,512 becomes 280,000."""
    if not math.isfinite(value) or value == 0:
        return 0.0
    digits = 1 - math.floor(math.log10(abs(value)))
    return round(float(value), digits)


def about(value: float) -> str:
    """Two significant figures: ``"280,000"``, ``"1.1 million"``, ``"fewer than 100"``, ``"none"``."""
    rounded = headline(value)
    if rounded == 0:
        return "none"
    if abs(rounded) < 100:
        return "fewer than 100"
    if abs(rounded) >= 1e6:
        return f"{rounded / 1e6:.1f}".removesuffix(".0") + " million"
    return f"{rounded:,.0f}"


def short(value: float, most: float | None = None) -> str:
    """A count for axis ticks: ``"25,000"``; ``"0.2 M"`` and ``"1.4 M"`` if ``most`` is in millions."""
    if max(abs(value), most or 0) >= 1e6 and value:
        return f"{value / 1e6:.2f}".rstrip("0").rstrip(".") + " M"
    return f"{value:,.0f}"


def in_ten(share: float) -> str:
    """A share as a natural frequency: ``"4 in 10"`` for 0.43, ``"half"``, ``"fewer than 1 in 20"``."""
    tenths = round(10 * share)
    if tenths == 5:
        return "half"
    if tenths == 0:
        return "fewer than 1 in 20" if share > 0 else "none"
    return "nearly all" if tenths == 10 and share < 1 else "all" if tenths == 10 else f"{tenths} in 10"


def counted(n: int, name: str) -> str:
    """``"1 gate"``, ``"1,200 gates"``."""
    return f"{n:,} {name}{'' if n == 1 else 's'}"


def day(when: date | np.datetime64) -> str:
    """A date without its year: ``"29 December"``."""
    d = _as_date(when)
    return f"{d.day} {d:%B}"


def day_year(when: date | np.datetime64) -> str:
    """A date with its year: ``"29 December 2019"``."""
    d = _as_date(when)
    return f"{d.day} {d:%B %Y}"


def listing(items: list[str]) -> str:
    """``"a, b and c"``."""
    return items[0] if len(items) == 1 else ", ".join(items[:-1]) + " and " + items[-1] if items else ""


def _as_date(when: date | np.datetime64) -> date:
    if isinstance(when, np.datetime64):
        return date.fromisoformat(str(when.astype("datetime64[D]")))
    return when
