"""One screen: what is needed at the end, what is short of it from when, what it costs, and what it rests on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.needs import money, partners, stocks
from flightsim.needs.gaps import Gap
from flightsim.needs.people import People, dates_of, quantiles
from flightsim.needs.quantities import NEEDS, amount, rounded
from flightsim.needs.tables import Needs
from flightsim.world import Floats, Noun

SHOWN = (
    "displaced", "households", "children", "water", "latrines_first_phase", "latrines_medium_term",
    "shelter_places", "covered_space_cold", "site_places", "site_land", "winter_kits", "food",
    "health_centres", "beds", "beyond_care", "deliveries", "malnourished_children", "children_unsheltered",
    "with_disabilities", "road_trucks",
)  # fmt: skip

WHOLE = 0.999  # share of a need whose capacity is known, from which on nothing is said of the rest


def text(needs: Needs, scenario: str | None = None) -> str:
    """The screen of one scenario: the first, or the one named."""
    scene = next((s for s in needs.study.scenes if s.name == scenario), needs.study.first)
    return "\n".join(
        [
            *_head(needs, scene.people),
            *scene.checked,
            scene.varied,
            _columns(scene.people),
            *(_line(needs, scene.people, name) for name in SHOWN),
            *_hardship(scene.people),
            *_money(needs, scene.people),
            *_supplies(needs, scene.people),
            *_foot(needs),
        ]
    )


def _head(needs: Needs, people: People) -> list[str]:
    days, title = people.days, needs.study.world.manifest.get("title", needs.study.name)
    span = f"{words.day_year(days[0].date())} to {words.day_year(days[-1].date())}"
    name = f", scenario “{people.scenario}”" if len(needs.study.scenes) > 1 else ""
    spread = "in brackets 9 of 10" if people.runs > 1 else "so no range"
    return [
        f"Needs: {title}{name}, {span}.",
        f"Modelled, not observed: {words.counted(people.runs, 'run')}, {spread}.",
    ]


def _columns(people: People) -> str:
    end = f"Needed on {words.day_year(people.days[-1].date())}"
    return f"{end:<47}{'needed':>22}{'short':>9}  short in, from"


def _line(needs: Needs, people: People, name: str) -> str:
    need, gap = NEEDS[name], needs.gaps[people.scenario].get(name)
    persons = people.groups[need.whom][:, -1].sum(axis=1)
    needed = spread(quantiles(amount(need, persons, needs.asked.standards)))
    unit = (
        ""
        if need.unit in need.meaning or need.sector == "people" or need.unit == "persons"
        else f", {need.unit}"
    )
    line = f"  {need.meaning}{unit}"
    line = f"{line:<47}{needed:>22}"
    if gap is None:
        return line
    if not gap.known.any():
        return f"{line}{'?':>9}"
    short = rounded(need, np.nansum(gap.short[:, -1], axis=1))
    said = figure(quantiles(short)[0]) + ("" if gap.known_share > WHOLE else "+")
    return f"{line}{said:>9}  {_since(gap, people, needs.study.world.areas.noun)}"


def _since(gap: Gap, people: People, area: Noun) -> str:
    """In how many areas a run ends up short, and from which day in the first of them."""
    breached = gap.breached
    n = int(np.median(np.isfinite(breached).sum(axis=1)))
    first = dates_of(breached.min(axis=1), people.days)
    middle = first["breach_median"]
    if pd.isna(middle):
        return "not short"
    where = "all together" if gap.together else area.counted(n)
    if middle == people.days[0]:
        return f"{where}, from the start"
    early, late = (_date(first[f"breach_{name}"]) for name in ("early", "late"))
    return f"{where}, {_date(middle)}" + (f" ({early}–{late})" if early != late else "")


def _hardship(people: People) -> list[str]:
    nights = quantiles(people.in_frost.sum(axis=(1, 2)))
    nights_word = " person-nights" if nights[2] >= 1 else ""
    lines = [f"In the open, or waiting outdoors, below 0 °C: {_range(nights)}{nights_word} over the run."]
    ends = {"on the road": people.elsewhere - people.waiting, "gone abroad": people.abroad}
    told = [
        f"{_range(quantiles(values[:, -1]))} {where}"
        for where, values in ends.items()
        if quantiles(values[:, -1])[0] >= SMALL_CELL_PERSONS
    ]
    if people.waiting.max() >= SMALL_CELL_PERSONS:
        end, worst = quantiles(people.waiting[:, -1]), quantiles(people.waiting.max(axis=1))
        told.insert(0, f"{_range(end)} waiting at a crossing (on the worst day {_range(worst)})")
    return [*lines, f"Not counted above, at the end: {words.listing(told)}."] if told else lines


def _money(needs: Needs, people: People) -> list[str]:
    a = needs.asked
    run = quantiles(money.spent(people, a.standards).sum(axis=1))
    plan = quantiles(people.groups["everyone"][:, -1].sum(axis=1) * a.standards["response_cost"] * a.months)
    lines = [
        f"Money at USD {a.standards['response_cost']:g} a person and month: USD {_range(run)} in the run's days,",
        f"  USD {_range(plan)} in the {a.months:g} months after it for those displaced at the end.",
    ]
    if local := needs.study.world.manifest.get("currency"):
        there, later = (
            _range((m * local.per_usd, lo * local.per_usd, hi * local.per_usd)) for m, lo, hi in (run, plan)
        )
        lines.append(f"  At {local.code} {local.per_usd:,g} a dollar: {local.code} {there}, and {later}.")
    if a.funding_usd is None:
        return lines
    until = money.funded_until(people, a.standards, a.months, a.funding_usd)
    missing = quantiles(np.maximum(_whole(people, needs) - a.funding_usd, 0.0))
    last = "lasts" if pd.isna(until["median"]) else f"is spent by {words.day_year(until['median'].date())}"
    lines.append(f"  Funding of USD {words.about(a.funding_usd)} {last}; missing: USD {_range(missing)}.")
    return lines


def _whole(people: People, needs: Needs) -> Floats:
    a = needs.asked
    plan = people.groups["everyone"][:, -1].sum(axis=1) * a.standards["response_cost"] * a.months
    return np.asarray(money.spent(people, a.standards).sum(axis=1) + plan)


def _supplies(needs: Needs, people: People) -> list[str]:
    """When the user's stocks run out, and what the user's partners leave unmet."""
    areas = needs.study.world.areas
    names = dict(zip(areas.area_id, areas.name, strict=True))
    lines = []
    if needs.deliveries:
        found = stocks.table(people, needs.asked.standards, needs.deliveries)
        lines += stocks.sentences(found, people.scenario, names)
    if needs.activities:
        lines += partners.sentences(partners.unmet(people, needs.activities), people.scenario, names)
    return lines


def _foot(needs: Needs) -> list[str]:
    unverified, entries = needs.unverified(), needs.asked.standards.entries
    used = sum(e.used for e in entries.values())
    lines = [
        "“?”: no capacity known, “+”: only in part; give yours with --capacity. The case knows free room at the start,",
        "  without tents put up since, and health care that works. Malnutrition: the share at clinics, biased up.",
        f"{len(unverified)} of {used} standards and rates in use were not seen at a source: see standards_used.csv.",
        "Not for targeting or closing borders.",
    ]
    return [*lines, *(f"Note: {note}" for note in needs.study.notes)]


def _range(values: tuple[Any, Any, Any]) -> str:
    median, low, high = (words.about(float(v)) for v in values)
    return median if low == high else f"{median} ({low} to {high})"


def spread(values: tuple[Any, Any, Any]) -> str:
    """A median, and the range in brackets if two figures can tell it from the median."""
    median, low, high = (figure(v) for v in values)
    return median if low == high else f"{median} ({low}–{high})"


def figure(value: Any) -> str:
    """Two significant figures, in words from a million on; small numbers as they are."""
    v = float(value)
    if abs(v) >= 1e9:
        return f"{words.headline(v) / 1e9:g} bn"
    if abs(v) >= 1e6:
        return f"{words.headline(v) / 1e6:g} M"
    return f"{words.headline(v):,.0f}" if abs(v) >= 10 or v == round(v) else f"{v:.1f}"


def _date(when: Any) -> str:
    return "never" if pd.isna(when) else f"{when.day} {when:%b}"
