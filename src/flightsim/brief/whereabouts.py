"""Where displaced people are, from where they left and along which directions, and the ground that was captured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pandas as pd
from markupsafe import Markup

from flightsim import words
from flightsim.brief import ground, svg
from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.brief.wording import place_name
from flightsim.export import disclosure
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.plots import shapes
from flightsim.world import Floats

CLASSES = 5
LIMITS = tuple(digit * 10.0**power for power in range(2, 8) for digit in (1, 2, 5))
FLOWS = 18
NAMES = 9
WIDEST, BIGGEST = 5.0, 17.0
LETTER, LINE = 4.9, 10.0  # units a letter of a name takes, and its height


def draw(subject: Subject, t: Language, stamp: str) -> tuple[Markup, list[dict[str, Any]]]:
    """The map, and its legend as rows of a look and words."""
    world, rtl = subject.world, t.direction == "rtl"
    outlines = subject.outlines
    g = ground.of(world)
    centres = dict(zip(world.areas.area_id, g.at(shapes.centres(world, outlines)), strict=True))
    there = sheltered(subject)
    limits = _limits(float(there.max()) if len(there) else 0.0)
    faces = {str(a): f"c{_class(v, limits)}" for a, v in there.items() if v >= limits[0]}
    titles = {a: _title(subject, a, there, t) for a in world.areas.area_id}
    front, taken = ground.front(g, world, subject.middle, outlines)
    circles, biggest = _circles(subject, centres)
    arrows, most = _arrows(flows(subject), centres)
    inside = [
        _patterns(),
        *ground.land(g, outlines, faces, titles),
        *(() if outlines else _dots(faces, centres)),
        *front,
        *ground.lines(g, world),
        *arrows,
        *circles,
        *_names(subject, t, there, centres, g),
        svg.text(ground.WIDE - 4, g.high - 4, stamp, "stamp", "end", rtl),
    ]
    told = _legend(subject, t, limits, biggest, most, taken)
    return svg.picture(ground.WIDE, g.high, t("alt_map"), inside), told


def sheltered(subject: Subject) -> pd.Series:
    """Displaced people at the end by sub-district where there are a hundred or more, medians."""
    at_end = subject.people.sheltered[:, -1].sum(axis=-1)
    values = pd.Series(np.median(at_end, axis=0), index=subject.people.area_id)
    return values[values >= SMALL_CELL_PERSONS]


@lru_cache(maxsize=1)  # for every language
def flows(subject: Subject) -> pd.DataFrame:
    """The largest flows between sub-districts over the run, means over the runs, out of rounded counts."""
    rows = pd.concat([disclosure.flows(path) for path in subject.scene.paths])
    sums = rows.groupby(disclosure.PAIR)["persons"].sum() / len(subject.scene.paths)
    known = set(subject.people.area_id)
    found = sums[sums >= SMALL_CELL_PERSONS].reset_index()
    found.columns = pd.Index(["origin", "destination", "persons"])
    inside = (
        found["origin"].isin(known)
        & found["destination"].isin(known)
        & (found["origin"] != found["destination"])
    )
    return found[inside].nlargest(FLOWS, "persons")


def _limits(most: float) -> list[float]:
    """Lower limits of the classes of a map whose largest value is ``most``."""
    limits = [v for v in LIMITS if v < most] or [SMALL_CELL_PERSONS]
    while len(limits) > CLASSES:
        limits.pop(1)
    return limits


def _class(value: float, limits: Sequence[float]) -> int:
    return int(np.searchsorted(limits, value, side="right")) - 1 + CLASSES - len(limits)


def _title(subject: Subject, area: str, there: pd.Series, t: Language) -> str:
    number = t.about(float(there.get(area, 1.0)))  # 0 stands for some as well as for none
    return t("map_title", place=place_name(subject, area, t), number=number)


def _circles(subject: Subject, centres: Mapping[str, Floats]) -> tuple[list[Markup], float]:
    """Circles whose area is the number of people displaced from there."""
    left = subject.displaced_from.dropna()
    left = left[left >= SMALL_CELL_PERSONS].sort_values(ascending=False)
    if left.empty:
        return [], 0.0
    most = float(left.iloc[0])
    drawn = [
        svg.tag("circle", cx=float(centres[str(a)][0]), cy=float(centres[str(a)][1]),
                r=radius(float(v), most), class_="left")
        for a, v in left.items()
    ]  # fmt: skip
    return drawn, most


def radius(persons: float, most: float) -> float:
    """Of a circle, whose area tells the number."""
    return float(BIGGEST * np.sqrt(persons / most))


def _arrows(found: pd.DataFrame, centres: Mapping[str, Floats]) -> tuple[list[Markup], float]:
    """Bent arrows, the more people the wider."""
    if found.empty:
        return [], 0.0
    most = float(found["persons"].iloc[0])
    drawn: list[Markup] = []
    rows = found.iloc[::-1]
    for origin, destination, persons in zip(
        rows["origin"], rows["destination"], rows["persons"], strict=True
    ):
        width = 0.6 + (WIDEST - 0.6) * float(persons) / most
        drawn += _arrow(centres[str(origin)], centres[str(destination)], width)
    return drawn, most


def _arrow(start: Floats, end: Floats, width: float) -> Iterator[Markup]:
    """A curve and a head; both ends a little short of the middle of the areas."""
    way = end - start
    far = float(np.hypot(*way))
    if far < 8:
        return
    bend = (start + end) / 2 + 0.16 * np.array([way[1], -way[0]])
    head = 3.0 + 1.4 * width
    last = (end - bend) / np.hypot(*(end - bend))
    tip, neck = end - 2 * last, end - (2 + head) * last
    side = np.array([-last[1], last[0]]) * head * 0.55
    d = f"M{start[0]:.1f} {start[1]:.1f}Q{bend[0]:.1f} {bend[1]:.1f} {neck[0]:.1f} {neck[1]:.1f}"
    yield svg.tag("path", d=d, class_="flow", stroke_width=width)
    yield svg.area([tip, neck + side, neck - side], "head")


def _dots(faces: Mapping[str, str], centres: Mapping[str, Floats]) -> Iterator[Markup]:
    """Squares where there are no outlines to shade."""
    for area, look in faces.items():
        x, y = centres[area]
        yield svg.tag("rect", x=float(x) - 9, y=float(y) - 9, width=18, height=18, class_=f"land {look}")


def _names(subject: Subject, t: Language, there: pd.Series, centres: Mapping[str, Floats],
           g: ground.Ground) -> Iterator[Markup]:  # fmt: skip
    """Names of the sub-districts that most people reached or left, where there is room for them."""
    left = subject.displaced_from.dropna()
    important = pd.concat([there.nlargest(NAMES - 3), left.nlargest(NAMES - 4)])
    order = important[important >= SMALL_CELL_PERSONS].groupby(level=0).max().sort_values(ascending=False)
    taken: list[tuple[float, float, float, float]] = []
    for area in order.index:
        name = place_name(subject, str(area), t)
        x, y = centres[str(area)]
        half = LETTER * len(name) / 2
        for dy in (3.0, -9.0, 15.0):
            box = (x - half, x + half, y + dy - LINE + 2, y + dy + 2)
            free = not any(box[0] < b and a < box[1] and box[2] < d and c < box[3] for a, b, c, d in taken)
            if free and g.holds((box[0], box[2])) and g.holds((box[1], box[3])):
                taken.append(box)
                yield svg.text(float(x), float(y + dy), name, "place", "middle", t.direction == "rtl")
                break


def _patterns() -> Markup:
    """The hatch of captured ground."""
    lines = [
        svg.tag("pattern", svg.tag("path", d="M0 5L5 0", class_=f"hatch-{name}"), id=name, width=5, height=5,
                patternUnits="userSpaceOnUse")
        for name in ("taken-hatch",)
    ]  # fmt: skip
    return svg.tag("defs", *lines)


def _legend(subject: Subject, t: Language, limits: Sequence[float], biggest: float, most: float,
            taken: bool) -> list[dict[str, Any]]:  # fmt: skip
    """Rows of the legend: a kind of sign, its look, its words."""
    rows: list[dict[str, Any]] = []
    for i, low in enumerate(limits):
        high = limits[i + 1] if i + 1 < len(limits) else None
        told = t("class", low=t.whole(low), high=t.whole(high)) if high else t("class_last", low=t.whole(low))
        rows.append({"kind": "swatch", "look": f"c{i + CLASSES - len(limits)}", "words": told})
    if biggest:
        rows.append(
            {"kind": "circle", "look": "", "words": t("legend_left", number=t.about(words.headline(biggest)))}
        )
    if most:
        rows.append({"kind": "arrow", "look": "", "words": t("legend_flow", number=t.about(most), n=FLOWS)})
    if taken:
        rows.append({"kind": "swatch", "look": "taken", "words": t("legend_taken")})
    if subject.world.hostile(subject.world.places.control).any():
        rows.append({"kind": "swatch", "look": "hostile", "words": t("legend_hostile")})
    if any(each.kind == "border" for each in shapes.lines(subject.world)):
        name = str(subject.world.manifest.get("border_name", ""))
        key = f"border_with_{name.lower()}"
        rows.append(
            {
                "kind": "line",
                "look": "border",
                "words": t(key) if t.has(key) else t("legend_border", name=name),
            }
        )
    return rows
