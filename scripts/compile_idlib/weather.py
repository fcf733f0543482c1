"""Night temperatures: no daily series could be had; a stated one, with the reported nights put in."""

from __future__ import annotations

import math
from datetime import date
from itertools import pairwise

from campaign import WINTER, Campaign

# Night means by date: Jan-Feb 2 C at Aleppo (climatology); November and March by assumption
SEASON = ((date(2019, 11, 1), 9.0), (date(2019, 12, 1), 5.0), (date(2019, 12, 25), 2.0),
          (date(2020, 2, 20), 2.0), (date(2020, 3, 8), 5.0))  # fmt: skip
SWING_C, SWING_DAYS = 3.0, 9.0  # assumption: passing weather, three degrees either way every nine days
REPORTED = {  # night: (deg C, status, source)
    date(2019, 12, 27): (0.0, "reported", "news report, late Dec 2019: near freezing"),
    date(2019, 12, 28): (0.0, "reported", "news report, late Dec 2019: near freezing"),
    date(2019, 12, 29): (0.0, "reported", "news report, late Dec 2019: near freezing"),
    date(2020, 2, 10): (-6.0, "assumed", "cold spell around the reported night of 11 Feb"),
    date(2020, 2, 11): (-9.0, "reported", "AP/CBS Feb 2020: no less than -8 or -9, a resident's word"),
    date(2020, 2, 12): (-9.0, "assumed", "between 11 Feb and the mid-February lows"),
    date(2020, 2, 13): (-11.0, "reported", "Save the Children via The Watchers: as low as -11 in mid Feb"),
    date(2020, 2, 14): (-8.0, "assumed", "cold spell, heavy snow reported in February (OCHA)"),
    date(2020, 2, 15): (-6.0, "assumed", "cold spell, heavy snow reported in February (OCHA)"),
    date(2020, 2, 16): (-4.0, "assumed", "end of the cold spell"),
}


# No series for Idlib: Damascus' mean minima at mid-month (travelguide-en.org), a lower bound (higher and drier)
SPRING_SEASON = ((date(2019, 3, 15), 5.0), (date(2019, 4, 15), 7.9), (date(2019, 5, 15), 11.4),
                 (date(2019, 6, 15), 15.0), (date(2019, 7, 15), 17.9), (date(2019, 8, 15), 17.7),
                 (date(2019, 9, 15), 14.4))  # fmt: skip
SPRING_SOURCE = "monthly mean minima of Damascus (a lower bound for Idlib), no frost"


def nights(campaign: Campaign) -> list[tuple[date, float, str, str]]:
    """(day, deg C, status, source) for every night of a campaign."""
    if campaign != WINTER:
        return [
            (day, round(interpolated(day, SPRING_SEASON), 1), "assumed", SPRING_SOURCE)
            for day in campaign.days
        ]
    found = []
    for i, day in enumerate(campaign.days):
        mean = interpolated(day, SEASON)
        value = round(mean + SWING_C * math.sin(2 * math.pi * i / SWING_DAYS), 1)
        assumed = (value, "assumed", "season (Aleppo Jan-Feb night mean 2 C) with a nine-day swing")
        found.append((day, *REPORTED.get(day, assumed)))
    return found


def interpolated(day: date, season: tuple[tuple[date, float], ...]) -> float:
    """The season's mean night at a date."""
    for (first, low), (last, high) in pairwise(season):
        if first <= day <= last:
            return low + (high - low) * (day - first).days / (last - first).days
    raise ValueError(f"{day} is outside the season's table")
