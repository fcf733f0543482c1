"""What displaced people find: how many are on each rung of the shelter ladder, day by day."""

from __future__ import annotations

from typing import Any

import numpy as np
from markupsafe import Markup

from flightsim.brief import svg
from flightsim.brief.frame import TOP, WIDE, Frame
from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.world import RUNGS, Floats


def draw(subject: Subject, t: Language, stamp: str) -> Markup:
    """Layers from the safest rung to the open, medians over the runs."""
    middles = courses(subject)
    tops = np.vstack([np.zeros(middles.shape[1]), middles.cumsum(axis=0)])
    frame = Frame(subject.days, max(float(tops[-1].max()) * 1.06, 1.0), 190.0)
    layers = [svg.area(frame.band(tops[i], tops[i + 1]), f"rung r-{rung}") for i, rung in enumerate(RUNGS)]
    stamped = svg.text(WIDE - 8, TOP - 2, stamp, "stamp", "end", t.direction == "rtl")
    return svg.picture(WIDE, frame.high, t("alt_ladder"), [*layers, *frame.axes(t), stamped])


def courses(subject: Subject) -> Floats:
    """(6, D) displaced people of the whole area by rung, the median over the runs."""
    return np.asarray(np.median(subject.people.sheltered.sum(axis=2), axis=0).T)


def legend(subject: Subject, t: Language) -> list[dict[str, Any]]:
    """Rungs from the open down to hosts, as they lie on each other, with how many are there at the end."""
    at_end = subject.people.sheltered[:, -1].sum(axis=1)  # (R, 6)
    return [
        {"rung": rung, "name": t(f"rung_{rung}"), "number": t.spread(at_end[:, i])}
        for i, rung in reversed(list(enumerate(RUNGS)))
    ]
