"""Patterns of where people go, and what they find; and what must never happen."""

from __future__ import annotations

import math

import numpy as np

from flightsim.results.cube import GROUP
from flightsim.results.runs import Results
from flightsim.validation.patterns.seen import DANA, IDLEB, NORTHERN_ALEPPO, Pattern, covers, on, share_in
from flightsim.world import World


def within_the_area(found: Results, world: World) -> Pattern:
    """Share of the people displaced since the start who are in Idleb governorate on 31 December."""
    share = 100 * share_in(found, "2019-12-31", (IDLEB,))
    return Pattern(
        "most of the displaced stay within Idleb",
        "214,500 of December's 298,500 movements ended there (OCHA IDP Movements)",
        "more than half on 31 December",
        share,
        "%",
        share > 50,
    )


def dana_receives_most(found: Results, world: World) -> Pattern:
    """Arrivals in Dana up to 31 December against the next sub-district's."""
    arrivals = found.wide("arrivals_persons").loc[:"2019-12-31"].sum()
    others = arrivals.drop(DANA, errors="ignore").max()
    ratio = float(arrivals.get(DANA, 0.0) / others) if covers(found, "2019-12-31") else math.nan
    return Pattern(
        "Dana is the largest receiver",
        "73,297 of December's arrivals, more than any other sub-district (SNFI cluster)",
        "more arrivals in December than anywhere else",
        ratio,
        "times",
        ratio > 1,
    )


def danas_share(found: Results, world: World) -> Pattern:
    """Share of December's arrivals that are in Dana."""
    arrivals = found.wide("arrivals_persons").loc[:"2019-12-31"].sum()
    share = 100 * float(arrivals.get(DANA, 0.0)) / max(float(arrivals.sum()), 1.0)
    share = share if covers(found, "2019-12-31") else math.nan
    return Pattern(
        "a fifth of December's movements end in Dana",
        "73,297 of 367,026 movements: 20.0 % (SNFI cluster, December 2019)",
        "within a factor of 1.5: 13.3 to 30 %",
        share,
        "%",
        20 / 1.5 <= share <= 20 * 1.5,
    )


def northern_aleppos_share(found: Results, world: World) -> Pattern:
    """Share of the displaced who are in northern Aleppo on 14 January."""
    share = 100 * share_in(found, "2020-01-14", NORTHERN_ALEPPO)
    return Pattern(
        "one in eight is in northern Aleppo by mid January",
        "45,000 of 350,000 on 14 January: 12.9 % (OCHA Situation Report 6)",
        "within a factor of 1.5: 8.6 to 19.3 %",
        share,
        "%",
        45 / 350 / 1.5 <= share / 100 <= 45 / 350 * 1.5,
    )


def northern_aleppo_grows(found: Results, world: World) -> Pattern:
    """Growth of northern Aleppo's share of the displaced from 7 to 27 January, in percentage points."""
    points = 100 * (
        share_in(found, "2020-01-27", NORTHERN_ALEPPO) - share_in(found, "2020-01-07", NORTHERN_ALEPPO)
    )
    return Pattern(
        "northern Aleppo's share grows with time",
        "30,000 of 312,200 on 7 January, 45,000 of 350,000 on 14 January (OCHA Situation Reports 5 and 6)",
        "larger on 27 January than on 7 January",
        points,
        "points",
        points > 0,
    )


def closed_is_closed(found: Results, world: World) -> Pattern:
    """People who got abroad: those counted at the gates, or moves to a gate by the table of flows, if they are more."""
    gates = [
        c for c, border in zip(world.crossings.crossing_id, world.crossings.is_border, strict=True) if border
    ]
    flown = found.flows.loc[found.flows["destination_area"].isin(gates), "moves_persons"].sum()
    counted = found.series("abroad_persons").max()
    abroad = float(np.nanmax([counted, flown, 0.0]))  # both count the same people, so they are not added
    return Pattern(
        "nobody crosses a closed crossing",
        "the Turkish border was closed to the displaced throughout",
        "nobody abroad",
        abroad,
        "persons",
        abroad == 0,
    )


def people_are_conserved(found: Results, world: World) -> Pattern:
    """The largest difference, on any day, of all people counted from those at the start.

    Who lives in a place abroad is present there; of those abroad the others are added.
    """
    together = sum(
        found.series(name) for name in ("present_persons", "en_route_persons", "at_crossings_persons")
    )
    gone = found.cube.values("abroad_persons", {GROUP: tuple(world.crossings.crossing_id)}).sum(axis=-1)
    together = together + gone
    start = found.series("persons_total").iloc[0]
    lost = float(np.abs(together - start).max())
    return Pattern(
        "people are conserved",
        "deaths and births are not modelled",
        "the same number every day",
        lost,
        "persons",
        lost < 1e-6 * start,
    )


def outward(found: Results, world: World) -> Pattern:
    """By how many kilometres of road the displaced are nearer to the border on 27 January than on 31 December."""
    km = found.series("mean_road_km_to_border")
    nearer = on(km, "2019-12-31") - on(km, "2020-01-27")
    return Pattern(
        "destinations shift outward, towards the border",
        "Idleb city, Saraqab, Ariha on 21 December; Saraqab no more on the 26th; Dana, Maaret Tamsrin, Atareb and "
        "northern Aleppo in January (OCHA Flash Update 2, Situation Reports 2, 5 and 6)",
        "nearer to the border on 27 January than on 31 December",
        nearer,
        "km",
        nearer > 0,
    )


def half_with_hosts(found: Results, world: World) -> Pattern:
    """Share of the displaced who are with host families on 31 December."""
    share = math.nan
    if covers(found, "2019-12-31"):
        hosted, everybody = found.series("sheltered_persons", group="host"), found.series("sheltered_persons")
        share = 100 * on(hosted, "2019-12-31") / max(on(everybody, "2019-12-31"), 1.0)
    return Pattern(
        "about half find room with host families",
        "about half of December's displaced lived with host families (OCHA, December 2019)",
        "35 to 65 % on 31 December",
        share,
        "%",
        35 <= share <= 65,
    )


def rungs_in_order(found: Results, world: World) -> Pattern:
    """Days between the mean arrival at host families and the mean arrival in unfinished buildings or the open."""
    arrivals = found.wide("arrivals_persons", by="group").loc[:"2020-01-27"]
    late = math.nan
    if covers(found, "2020-01-27"):
        day = np.arange(len(arrivals), dtype=float)
        columns = arrivals.reindex(columns=["host", "unfinished", "open"]).fillna(0.0)
        host, poor = (
            columns["host"].to_numpy(float),
            columns[["unfinished", "open"]].sum(axis=1).to_numpy(float),
        )
        late = (
            float(day @ poor / poor.sum() - day @ host / host.sum())
            if poor.any() and host.any()
            else math.nan
        )
    return Pattern(
        "shelter fills in order, the poorest last",
        "half with hosts in December; in January camps beyond their capacity, then schools, mosques, unfinished houses "
        "(OCHA, December 2019 and January 2020)",
        "unfinished buildings and the open later than host families",
        late,
        "days",
        late > 0,
    )


def repeat_moves(found: Results, world: World) -> Pattern:
    """Movements for each person displaced, up to 31 December."""
    people = on(found.series("displaced_persons"), "2019-12-31")
    ratio = on(found.series("moves_persons"), "2019-12-31") / max(people, 1.0)
    return Pattern(
        "some move again within the month",
        "308,200 movements (OCHA, all Syria) and 367,026 (CCCM) of 298,534 people (OCHA) in December: 1.03 to 1.23",
        "1.03 to 1.35 movements a person",  # assumption: a tenth above the higher, as the sources err
        ratio,
        "times",
        1.03 <= ratio <= 1.35,
    )


def nobody_crosses_the_front(found: Results, world: World) -> Pattern:
    """Share of all movements that ended in sub-districts held by the government or the SDF at the start."""
    held = world.hostile(world.places.control)
    n_places = np.bincount(world.places.area, minlength=len(world.areas))
    all_held = np.bincount(world.places.area, held, minlength=len(world.areas)) == n_places
    areas = {area for area, theirs in zip(world.areas.area_id, all_held, strict=True) if theirs}
    moves = found.flows.groupby(found.flows["destination_area"].isin(areas))["moves_persons"].sum()
    share = 100 * float(moves.get(True, 0.0)) / max(float(moves.sum()), 1.0)
    return Pattern(
        "almost nobody crosses the front",
        "3,075 people crossed to the government's side in all of May 2019 (OCHA)",
        "fewer than 2 % of movements",
        share,
        "%",
        share < 2,
    )
