"""Key figures, needs and gaps, chances, scenarios side by side: numbers and ranges in the words of a language."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.brief.wording import called, differences, place_name
from flightsim.comparison import paired
from flightsim.comparison.chances import ROUND
from flightsim.needs import triggers
from flightsim.needs.gaps import Gap
from flightsim.needs.people import dates_of
from flightsim.needs.quantities import NEEDS, amount, rounded
from flightsim.needs.triggers import WITHIN_DAYS
from flightsim.results.outcomes import AT_THE_BORDER, HEADLINES
from flightsim.world import RUNGS, Floats

NEEDED = (
    "water", "latrines_first_phase", "food", "shelter_places", "site_places", "winter_kits", "health_centres", "beds",
    "deliveries", "malnourished_children",
)  # fmt: skip
PLACES = 5  # in the table of chances
LEAST = 100.0  # people a chance is given for
OUTCOMES = (
    "displaced_persons", "additional_displaced_persons", "in_open_persons", "open_below_zero_person_nights",
    "trapped_persons", "at_crossings_persons", "abroad_persons", "in_sites_persons",
)  # fmt: skip
MOST_OUTCOMES = 5
MOST_SCENARIOS = 5
WHOLE = 0.999

Box = dict[str, Any]


def key_figures(subject: Subject, t: Language) -> list[Box]:
    """Eight figures with their ranges: a number, what it counts, and a word on it."""
    people, end = subject.people, t.day(subject.days[-1])
    displaced = subject.course("displaced_persons")[:, -1]
    total = people.present[:, 0].sum(axis=1)
    in_open = people.sheltered[:, -1, :, RUNGS.index("open")].sum(axis=1)
    found = [
        _box(t, "displaced", displaced, of=t.share(float(np.median(displaced / np.maximum(total, 1.0))))),
        _most_arrive(subject, t),
        _box(t, "open", in_open, end=end),
        _box(t, "frost", people.in_frost.sum(axis=(1, 2))),
        _trapped(subject, t),
        _places(subject, t),
        _care(subject, t),
        _money(subject, t),
    ]
    if subject.material.count_from:
        since = subject.course("additional_displaced_persons")[:, -1]
        found[0] = _box(t, "additional", since, date=t.day(subject.material.count_from))
    return found


def _box(t: Language, key: str, values: Floats, **inside: str) -> Box:
    middle, low, high = (t.about(float(np.quantile(values, q))) for q in (0.5, 0.05, 0.95))
    reach = t("between", low=low, high=high) if low != high else ""
    return {
        "number": middle,
        "what": t(f"key_{key}", **inside),
        "more": t(f"key_{key}_more", **inside),
        "range": reach,
    }


def _most_arrive(subject: Subject, t: Language) -> Box:
    arrived = subject.arrived.dropna()
    if arrived.empty or arrived.max() <= 0:
        return {"number": t("none"), "what": t("key_arrivals_none"), "more": "", "range": ""}
    area = str(arrived.idxmax())
    values = subject.people.arrivals[:, :, subject.people.area_id.index(area)].sum(axis=1)
    return _box(t, "arrivals", values, place=place_name(subject, area, t))


def _trapped(subject: Subject, t: Language) -> Box:
    course = subject.course("trapped_persons")
    worst = subject.days[int(np.median(course, axis=0).argmax())]
    return _box(t, "trapped", course.max(axis=1), date=t.day(worst))


def _places(subject: Subject, t: Language) -> Box:
    gap = subject.needs.gaps[subject.scene.name]["shelter_places"]
    box = _box(t, "places", np.nansum(gap.short[:, -1], axis=1))
    first = dates_of(gap.breached.min(axis=1), subject.days)["breach_median"]
    if pd.isna(first):
        return box | {"more": t("key_places_never")}
    end, since = t.day_short(subject.days[-1]), _since(gap, subject, t)
    return box | {
        "more": t("key_places_since", end=end, place=_most(subject, gap.short[:, -1], t), since=since)
    }


def _care(subject: Subject, t: Language) -> Box:
    """Those far from care at the end, beside how many were so on the first day, and where most of them are."""
    far = subject.people.groups["beyond_care"]
    first, end = t.day_short(subject.days[0]), t.day_short(subject.days[-1])
    before = t.about(float(np.median(far[:, 0].sum(axis=1))))
    return _box(
        t,
        "care",
        far[:, -1].sum(axis=1),
        end=end,
        first=first,
        before=before,
        place=_most(subject, far[:, -1], t),
    )


def _most(subject: Subject, values: Floats, t: Language) -> str:
    """The name of the area with the largest median of (R, A) values."""
    known = np.nan_to_num(np.median(values, axis=0))
    return place_name(subject, subject.people.area_id[int(known.argmax())], t)


def _money(subject: Subject, t: Language) -> Box:
    asked, s = subject.needs.asked, subject.needs.asked.standards
    at_end = subject.people.groups["everyone"][:, -1].sum(axis=1)
    rate, months = t.whole(s["response_cost"], 2), t.whole(asked.months, 1)
    return _box(t, "money", at_end * s["response_cost"] * asked.months, months=months, rate=rate)


def needs_rows(subject: Subject, t: Language) -> list[Box]:
    """What is needed at the end, what is short of it, and since when."""
    found = []
    gaps, s = subject.needs.gaps[subject.scene.name], subject.needs.asked.standards
    for name in NEEDED:
        need, gap = NEEDS[name], gaps.get(name)
        persons = subject.people.groups[need.whom][:, -1].sum(axis=1)
        needed = amount(need, persons, s)
        row: Box = {"what": t(f"need_{name}"), "needed": t.spread(needed, t.amount), "bar": None}
        if gap is None:
            row |= {"short": "–", "since": "", "known": True}
        elif not gap.known.any():
            row |= {"short": t("not_known"), "since": "", "known": False}
        else:
            short = rounded(need, np.nansum(gap.short[:, -1], axis=1))
            part = "" if gap.known_share > WHOLE else "+"
            share = float(np.median(short)) / max(float(np.median(needed)), 1e-9)
            row |= {"short": t.amount(float(np.median(short))) + part, "since": _since(gap, subject, t)}
            row |= {"known": True, "bar": round(100 * min(max(share, 0.0), 1.0))}
        found.append(row)
    return found


def _since(gap: Gap, subject: Subject, t: Language) -> str:
    """From which day in the first sub-district, and in how many a run ends up short."""
    n = int(np.median(np.isfinite(gap.breached).sum(axis=1)))
    first = dates_of(gap.breached.min(axis=1), subject.days)
    middle = first["breach_median"]
    if pd.isna(middle):
        return t("never_short")
    where = t("all_together") if gap.together else t.counted_areas(n)
    if middle == subject.days[0]:
        return t("from_the_start", where=where)
    early, late = (first[f"breach_{name}"] for name in ("early", "late"))
    if pd.isna(late):
        return t("since_some", date=t.day_short(middle), where=where)
    if early == late:
        return t("since", date=t.day_short(middle), where=where)
    return t(
        "since_range", date=t.day_short(middle), early=t.day_short(early), late=t.day_short(late), where=where
    )


def chances(subject: Subject, t: Language) -> Box | None:
    """The chance of many arrivals within so many days, by place; None of a single run, which gives none."""
    people, days = subject.people, subject.days
    windows = [length for length in WITHIN_DAYS if length <= len(days)]
    if people.runs < triggers.LEAST_RUNS or not windows:
        return None
    start = _start(subject, windows)
    arrived = subject.arrived.dropna().sort_values(ascending=False, kind="stable")
    areas = [str(a) for a in arrived.index if arrived[a] >= LEAST][:PLACES]
    if not areas:
        return None
    persons = subject.order.persons or _telling(subject, areas, start, windows)
    table = triggers.table(people, areas, [persons], windows, start)
    rows = []
    for area in areas:
        own = table[table["area_id"] == area].set_index("within_days")
        cells = [_chance(own.loc[length], t) if length in own.index else None for length in windows]
        rows.append({"place": place_name(subject, area, t), "cells": cells})
    likely = table.sort_values(["chance", "within_days"], ascending=[False, True], kind="stable")
    return {
        "persons": t.whole(persons),
        "start": t.day_year(start),
        "windows": [t("days", length) for length in windows],
        "rows": rows,
        "in_words": [_sentence(row, subject, t) for _, row in likely.head(1).iterrows()],
        "few": people.runs < triggers.ENOUGH_RUNS,
        "few_text": t("few_runs", runs=t("runs", people.runs), enough=t.whole(triggers.ENOUGH_RUNS)),
    }


def _start(subject: Subject, windows: list[int]) -> pd.Timestamp:
    """The first day of the windows: the one asked for, the one counted from, else before most people arrive."""
    days, count_from = subject.days, subject.material.count_from
    if subject.order.start:
        return pd.Timestamp(subject.order.start)
    if count_from and pd.Timestamp(count_from) in days:
        return pd.Timestamp(count_from)
    longest = max(windows)
    by_day = subject.people.arrivals.sum(axis=2).mean(axis=0)
    so_far = np.concatenate([[0.0], by_day.cumsum()])
    return days[int((so_far[longest:] - so_far[:-longest]).argmax())]


def _telling(subject: Subject, areas: list[str], start: pd.Timestamp, windows: list[int]) -> float:
    """A round number of people that some windows reach and others do not: by the second busiest place."""
    people, length = subject.people, windows[len(windows) // 2]
    at = int(people.days.searchsorted(start))
    columns = [people.area_id.index(area) for area in areas]
    sums = people.arrivals[:, at : at + length][:, :, columns].sum(axis=1)
    busy = np.sort(np.median(sums, axis=0))[::-1]
    middle = max(float(busy[min(1, len(busy) - 1)]), LEAST)
    ladder = [digit * 10.0**power for power in range(2, 7) for digit in ROUND if digit in (1, 2, 5)]
    return max(step for step in ladder if step <= middle)


def _chance(row: Any, t: Language) -> Box:
    over, runs = int(row["runs_over"]), int(row["runs"])
    low, high = (round(10 * row[key]) for key in ("chance_low", "chance_high"))
    return {
        "told": t("of", part=t.whole(over), whole=t.whole(runs)),
        "range": t("tenths", low=t.whole(low), high=t.whole(high)),
        "shade": round(10 * over / runs),
    }


def _sentence(row: Any, subject: Subject, t: Language) -> str:
    over, runs = int(row["runs_over"]), int(row["runs"])
    inside = {
        "persons": t.whole(row["more_than_persons"]),
        "place": place_name(subject, row["area_id"], t),
        "days": t("days", int(row["within_days"])),
        "start": t.day(row["from"]),
        "end": t.day(row["to"]),
    }
    key = "chance_none" if over == 0 else "chance_all" if over == runs else "chance_some"
    return t(key, runs, over=t.whole(over), **inside)


def beside(subject: Subject, t: Language) -> Box | None:
    """Scenarios side by side, with the difference to the first run by run; None if there is but one."""
    material = subject.material
    if not material.others:
        return None
    telling = {h.name for h in material.telling}
    always = AT_THE_BORDER if material.asks_of_the_border else ()
    others = [name for name in OUTCOMES if name in telling and name not in always][
        : MOST_OUTCOMES - len(always)
    ]
    shown = [HEADLINES[name] for name in (*others, *always)]
    rows = []
    for name in material.scenarios[:MOST_SCENARIOS]:
        cells = []
        for headline in shown:
            values = material.values(headline)[material.of(name)]
            cell = {
                "label": t(f"outcome_{headline.name}"),
                "number": t.spread(values),
                "pairs": "",
                "sure": False,
            }
            if name != material.baseline:
                d = paired.of(material, name, headline)
                cell |= {"pairs": _pairs(d, t), "sure": d.is_clear}
            cells.append(cell)
        told = differences(subject, name)
        rows.append(
            {"shown": called(name, t), "settings": ", ".join(x for x in told if x != name), "cells": cells}
        )
    return {
        "heads": [t(f"outcome_{h.name}") for h in shown],
        "rows": rows,
        "first": called(material.baseline, t),
        "more": max(len(material.scenarios) - MOST_SCENARIOS, 0),
        "pairs": material.same_people,
    }


def _pairs(d: paired.Difference, t: Language) -> str:
    if not d.n:
        return t("pairs_none")
    if d.is_nothing:
        return t("pairs_same")
    more = d.more >= d.fewer
    inside = {"part": t.whole(d.more if more else d.fewer), "whole": t.whole(d.n)}
    return t("pairs_more" if more else "pairs_fewer", size=t.amount(abs(d.middle)), **inside)
