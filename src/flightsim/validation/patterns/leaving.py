"""Patterns of who leaves, and when."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from flightsim.results.runs import Results
from flightsim.validation.patterns.seen import (
    A_TENTH,
    EAST_DEGREES,
    MAARAT,
    NIGHT_HOURS,
    REPORTED_PERSONS,
    SARAQAB,
    WESTERN_ALEPPO,
    WESTERN_ALEPPO_PERSONS,
    Pattern,
    covers,
    first_capture_near,
    left_from,
    newly_displaced,
    on,
)
from flightsim.world import World


def maarat_empties(found: Results, world: World) -> Pattern:
    """Share of the people present on the first evening that are no longer there on 30 December."""
    present = found.series("present_persons", MAARAT)
    gone = 100 * (1 - on(present, "2019-12-30") / present.iloc[0])
    return Pattern(
        "Maarat al-Numan empties five weeks before its capture",
        "sub-district 'almost empty' on 26 and 30 December, town taken on 28 January (OCHA Situation Reports 2 and 3)",
        "at least 80 % gone before 31 December",
        gone,
        "%",
        gone >= 80,
    )


def saraqab_leaves_early(found: Results, world: World) -> Pattern:
    """Days from the day on which a tenth of Saraqab's people has left to the first capture near the town."""
    present = found.series("present_persons", SARAQAB).iloc[0]
    left = found.series("displaced_persons", SARAQAB)
    begun = left.index[left >= A_TENTH * present]
    near = first_capture_near(found, world, SARAQAB)
    until = near if near is not None else found.days[-1]  # in a run that ends before: at least so long
    ahead = (until - begun[0]).days if len(begun) else -math.inf
    return Pattern(
        "Saraqab's people start to leave before any capture near it",
        "leaving 'in anticipation' from 24 December on, 36 days before the first capture within 15 km "
        "(OCHA Situation Reports 2 and 4)",
        "a tenth of them at least 14 days before",
        ahead,
        "days",
        ahead >= 14,
    )


def bursts(found: Results, world: World) -> Pattern:
    """Newly displaced of 19 to 25 December against those of 1 to 7 January."""
    quiet = newly_displaced(found, "2020-01-01", "2020-01-07")
    ratio = newly_displaced(found, "2019-12-19", "2019-12-25") / max(quiet, 1.0)
    return Pattern(
        "displacement comes in bursts",
        "191,000 people between 19 and 25 December, 14,000 between 31 December and 7 January (SOHR, OCHA, WFP)",
        "19-25 December at least 5 times 1-7 January",
        ratio,
        "times",
        ratio >= 5,
    )


def goes_on(found: Results, world: World) -> Pattern:
    """Newly displaced a day on 25 and 26 December against the six days before."""
    before = newly_displaced(found, "2019-12-19", "2019-12-24") / 6
    share = 100 * newly_displaced(found, "2019-12-25", "2019-12-26") / 2 / max(before, 1.0)
    return Pattern(
        "people go on leaving on 25-26 December, when no aircraft struck",
        "no air raid is counted on these days; 251,000 displaced by the 25th, 284,000 by the 29th (OCHA)",
        "at least a tenth of the daily number of 19-24 December",  # assumption; 26 % reported from 25 to 29
        share,
        "%",
        share >= 10,
    )


def total_by_29_december(found: Results, world: World) -> Pattern:
    """People displaced from 1 to 29 December against the reported number."""
    ratio = on(found.series("displaced_persons"), "2019-12-29") / REPORTED_PERSONS
    return Pattern(
        "total displaced by 29 December",
        "some 284,000 people (OCHA Situation Report 3, 30 Dec)",
        "within a factor of 1.5",
        ratio,
        "times",
        1 / 1.5 <= ratio <= 1.5,
    )


def empties_in_an_s(found: Results, world: World) -> Pattern:
    """How fast the middle half of Maarat's leavers go, against the faster of the two tails."""
    left = found.series("displaced_persons", MAARAT).loc[:"2019-12-30"]
    ratio = math.nan
    if covers(found, "2019-12-30") and left.iloc[-1] > 0:
        share = np.concatenate([[0.0], left.to_numpy(float) / left.iloc[-1]])
        day = np.interp([0.05, 0.25, 0.75, 0.95], share, np.arange(len(share)))  # shares never fall
        tails = max(0.2 / max(day[1] - day[0], 1e-9), 0.2 / max(day[3] - day[2], 1e-9))
        ratio = 0.5 / max(day[2] - day[1], 1e-9) / tails
    return Pattern(
        "Maarat al-Numan empties in an S: slowly, fast, slowly",
        "departure curves of evacuations are S-shaped (logit, Rayleigh); the town went from 110,000 to some 30,000 "
        "between 16 and 21 December and was almost empty on the 23rd (The New Arab, EA WorldView)",
        "the middle half leaves faster, per day, than either end",
        ratio,
        "times",
        ratio > 1,
    )


def saraqab_east_anticipates(found: Results, world: World) -> Pattern:
    """People of the places east of Saraqab town who had left by 2 January."""
    places, area = world.places, world.areas.area_id.index(SARAQAB)
    town = int(world.areas.gateway[area])
    east = (places.area == area) & (places.lon > places.lon[town] + EAST_DEGREES)
    ids = {places.place_id[i] for i in np.flatnonzero(east)}
    people = left_from(found, ids, "2020-01-02")
    return Pattern(
        "people east of Saraqab leave in anticipation",
        "thousands fled Saraqab's eastern countryside between 24 December and 2 January, over a month before its "
        "capture (OCHA Situation Reports 2 and 4)",
        "at least 2,000 gone by 2 January",
        people,
        "persons",
        people >= 2000,
    )


def lull(found: Results, world: World) -> Pattern:
    """Newly displaced a day on 12 to 15 December against 16 to 19 December."""
    after = newly_displaced(found, "2019-12-16", "2019-12-19")
    share = 100 * newly_displaced(found, "2019-12-12", "2019-12-15") / max(after, 1.0)
    return Pattern(
        "few leave in the lull of 12-15 December",
        "no air strikes for more than three days from 12 December, restart on the 15th and 16th (SOHR), mass flight "
        "from the 16th (OCHA Flash Update 1)",
        "fewer than half of those of 16-19 December",  # assumption: no count of these days is known
        share,
        "%",
        share < 50,
    )


def released_by_the_pause(found: Results, world: World) -> Pattern:
    """Departures from Maarat's sub-district on 21 December against the mean of the two days before."""
    daily = found.series("departures_persons", MAARAT)
    before = (on(daily, "2019-12-19") + on(daily, "2019-12-20")) / 2
    ratio = on(daily, "2019-12-21") / max(before, 1.0)
    return Pattern(
        "the pause of 21 December lets people out of Maarat al-Numan",
        "unable to move under bombardment on 19 and 20 December; a pause of six hours on the 21st let thousands out "
        "(OCHA Flash Updates 1 and 2)",
        "more on that day than on each of the two before, on average",
        ratio,
        "times",
        ratio > 1,
    )


def nights_under_attack(found: Results, world: World) -> Pattern:
    """Share of those who set out that did so in the dark: 16 to 24 December against the days without air strikes."""
    points = math.nan
    if covers(found, "2019-12-26"):
        under = _dark_share(found, [("2019-12-16", "2019-12-24")])
        without = _dark_share(found, [("2019-12-12", "2019-12-14"), ("2019-12-25", "2019-12-26")])
        points = 100 * (under - without)
    return Pattern(
        "under air attack a larger share leaves by night",
        "people fled at night with their lights off to avoid aircraft (news report, late December 2019; Baladi News); "
        "no air strikes on 12-14 and 25-26 December (SOHR, Orient Net)",
        "a larger share in the dark on 16-24 December than on the days without air strikes",
        points,
        "points",
        points > 0,
    )


def january_is_slower(found: Results, world: World) -> Pattern:
    """Newly displaced from 15 to 27 January against 19 to 25 December."""
    burst = newly_displaced(found, "2019-12-19", "2019-12-25")
    share = 100 * newly_displaced(found, "2020-01-15", "2020-01-27") / max(burst, 1.0)
    return Pattern(
        "late January is slower than December's burst",
        "40,000 people between 14 and 27 January (OCHA Situation Reports 6 and 7), 191,000 between 19 and 25 December",
        "15-27 January fewer than half of 19-25 December",  # assumption; 21 % reported
        share,
        "%",
        share < 50,
    )


def western_aleppo_leaves(found: Results, world: World) -> Pattern:
    """People newly displaced from the district west of Aleppo from 15 to 19 January, against the reported number."""
    inside = [
        a
        for a, d in zip(world.areas.area_id, world.areas.within[-1].area_id, strict=True)
        if d == WESTERN_ALEPPO
    ]
    table = found.wide("displaced_persons")
    total = table[[area for area in inside if area in table]].sum(axis=1)
    ratio = (on(total, "2020-01-19") - on(total, "2020-01-14")) / WESTERN_ALEPPO_PERSONS
    return Pattern(
        "western Aleppo begins to leave in mid January",
        "more than 38,000 left western Aleppo between 15 and 19 January (United Nations, by AFP)",
        "within a factor of 2",
        ratio,
        "times",
        0.5 <= ratio <= 2,
    )


def _dark_share(found: Results, spans: list[tuple[str, str]]) -> float:
    """Share of the people who set out in some spans of days that did so in the dark hours; nan if nobody did."""
    hourly = found.series("departures_hourly_persons")
    hours = pd.concat([hourly.loc[first:last] for first, last in spans])
    dark = hours[pd.DatetimeIndex(hours.index).hour.isin(NIGHT_HOURS)]
    return float(dark.sum() / hours.sum()) if hours.sum() else math.nan
