"""When is it dark at a case's places? From latitude, date and time zone, unless the manifest says the hours.

The sun's position by the equations of NOAA's solar calculator (Global Monitoring Laboratory,
gml.noaa.gov/grad/solcalc/calcdetails.html; after J. Meeus, Astronomical Algorithms): within a minute or two below 60
degrees of latitude.
"""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone, tzinfo
from typing import Any

import numpy as np

from flightsim.case.customs import DARK_HOURS
from flightsim.clock import Clock, Night
from flightsim.world import Floats, World

HOUR_MINUTES, DAY_MINUTES = 60.0, 1440.0
SUNSET_ZENITH = 90.833  # degrees; with refraction and the sun's radius, as NOAA has it
DUSK_ZENITH = 96.0  # degrees; the sun 6 below the horizon, the end of civil twilight: lights are needed
ALL_DARK, NEVER_DARK = (0, 24), (24, 0)
OFFSET = re.compile(r"UTC(?:([+-])(\d{1,2})(?::([0-5]\d))?)?")


def nights_of(world: World, clock: Clock) -> tuple[Night, ...]:
    """First dark hour and first light one of each day of a run, at the middle of the case's places."""
    said = world.manifest.get(DARK_HOURS)
    if said is not None:
        return (said,) * clock.days
    days = [clock.date_of(day) for day in range(clock.days)]
    lat = float(world.places.lat.mean())
    dawn, dusk = light(lat, world.middle_longitude, days, zone_of(world.manifest), DUSK_ZENITH)
    return tuple(map(_night, dawn, dusk))


def light(
    lat: float, lon: float, days: list[date], zone: tzinfo | None, zenith: float = SUNSET_ZENITH
) -> tuple[Floats, Floats]:
    """(D,) minutes after local midnight at which the sun rises and sets, each day.

    Where it does not: -inf and inf where it stays up, inf and -inf where it stays down. ``zone`` None: by longitude.
    """
    ahead = _offset_minutes(days, zone, lon)
    found = []
    for side in (-1.0, 1.0):
        minutes = np.full(len(days), DAY_MINUTES / 2)
        for _ in range(2):  # at noon first, then with the sun where it is by then
            noon, half_day = _noon_and_half_day(lat, lon, days, minutes - ahead, zenith)
            again = noon + ahead + side * half_day
            minutes = np.where(np.isfinite(again), again, minutes)
        found.append(again)
    return found[0], found[1]


def _noon_and_half_day(
    lat: float, lon: float, days: list[date], minutes: Floats, zenith: float
) -> tuple[Floats, Floats]:
    """(D,) minutes after midnight UTC when the sun is highest, and from then to its setting, as seen at ``minutes``."""
    of_2000 = np.array([each.toordinal() for each in days]) - date(2000, 1, 1).toordinal()
    century = (
        of_2000 + minutes / DAY_MINUTES - 0.5
    ) / 36_525  # Julian centuries since noon of 1 January 2000
    longitude = np.radians(280.46646 + 36_000.76983 * century)  # the mean sun's
    anomaly = np.radians(357.52911 + 35_999.05029 * century)
    eccentricity = 0.016708634 - 0.000042037 * century
    centre = (
        (1.914602 - 0.004817 * century) * np.sin(anomaly)
        + 0.019993 * np.sin(2 * anomaly)
        + 0.000289 * np.sin(3 * anomaly)
    )
    node = np.radians(125.04 - 1_934.136 * century)
    apparent = longitude + np.radians(centre - 0.00569 - 0.00478 * np.sin(node))
    tilt = np.radians(23.43929 - 0.0130042 * century + 0.00256 * np.cos(node))
    declination = np.arcsin(np.sin(tilt) * np.sin(apparent))
    y = np.tan(tilt / 2) ** 2
    equation_minutes = 4 * np.degrees(
        y * np.sin(2 * longitude)
        - 2 * eccentricity * np.sin(anomaly)
        + 4 * eccentricity * y * np.sin(anomaly) * np.cos(2 * longitude)
        - 0.5 * y**2 * np.sin(4 * longitude)
        - 1.25 * eccentricity**2 * np.sin(2 * anomaly)
    )
    phi = np.radians(lat)
    height = np.cos(np.radians(zenith)) / (np.cos(phi) * np.cos(declination))
    cosine = height - np.tan(phi) * np.tan(declination)
    half_day = 4 * np.degrees(np.arccos(np.clip(cosine, -1, 1)))
    half_day = np.where(cosine < -1, np.inf, np.where(cosine > 1, -np.inf, half_day))
    return DAY_MINUTES / 2 - 4 * lon - equation_minutes, half_day


def zone_of(manifest: Mapping[str, Any]) -> tzinfo | None:
    """The case's time zone, from a name such as Africa/Khartoum or an offset such as UTC+5:30; None if not known."""
    return zone_named(str(manifest.get("timezone", "")))


def zone_named(name: str) -> tzinfo | None:
    """The time zone of that name; None if there is none, or this computer has no list of them."""
    if found := OFFSET.fullmatch(name):
        sign, hours, minutes = found[1], int(found[2] or 0), int(found[3] or 0)
        ahead = timedelta(hours=hours, minutes=minutes)
        return timezone(-ahead if sign == "-" else ahead) if ahead < timedelta(days=1) else None
    try:
        return zoneinfo.ZoneInfo(name)
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError):
        return None


def _offset_minutes(days: list[date], zone: tzinfo | None, lon: float) -> Floats:
    """(D,) how far clocks are ahead of UTC, at noon."""
    if zone is None:
        return np.full(len(days), HOUR_MINUTES * round(lon / 15))
    noons = [datetime(each.year, each.month, each.day, 12, tzinfo=zone) for each in days]
    offsets = [noon.utcoffset() or timedelta() for noon in noons]
    return np.array([each.total_seconds() / 60 for each in offsets])


def _night(dawn: float, dusk: float) -> Night:
    """First dark hour and first light one, to the nearest hour."""
    if np.isinf(dawn):
        return NEVER_DARK if dusk > dawn else ALL_DARK
    first_dark, first_light = round(dusk / HOUR_MINUTES) % 24, round(dawn / HOUR_MINUTES) % 24
    if first_dark == first_light:  # under an hour of dark, or of light
        return NEVER_DARK if dusk - dawn > DAY_MINUTES / 2 else ALL_DARK
    return first_dark, first_light
