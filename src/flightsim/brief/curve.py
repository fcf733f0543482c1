"""People displaced over time: modelled, with the range over the runs, beside what was reported."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from markupsafe import Markup

from flightsim.brief import checks, svg
from flightsim.brief.frame import BOTTOM, LEFT, TOP, WIDE, Frame
from flightsim.brief.language import Language
from flightsim.brief.subject import Subject
from flightsim.needs.people import quantiles
from flightsim.results.findings import Observed, unchecked_after
from flightsim.world import Floats

MOST_CURVES = 4
AFTER_DAYS = 2  # of the days with reports, shown after the last


def draw(subject: Subject, t: Language, stamp: str, near: bool = False) -> Markup:
    """The whole run; ``near``: only the days with reports, only the scenario that the brief is about."""
    points = checks.reports(subject)
    days = subject.days
    if near and points:
        days = days[days <= pd.Timestamp(points[-1].day) + pd.Timedelta(days=AFTER_DAYS)]
    names = shown(subject)[: 1 if near else MOST_CURVES]
    bands = [quantiles(subject.course("displaced_persons", name)[:, : len(days)]) for name in names]
    most = max([float(high.max()) for _, _, high in bands] + [p.high for p in points]) * 1.06
    frame = Frame(days, max(most, 1.0), 150.0 if near else 214.0)
    inside = [
        *(_unchecked(frame, subject, t) if not near else ()),
        *frame.axes(t),
        *(svg.area(frame.band(low, high), f"band s{i}") for i, (_, low, high) in enumerate(bands)),
        *_pace(frame, subject, points),
        *(svg.line(frame.points(middle), f"middle s{i}") for i, (middle, _, _) in enumerate(bands)),
        *_reports(frame, points),
        svg.text(WIDE - 8, TOP - 2, stamp, "stamp", "end", t.direction == "rtl"),
    ]
    return svg.picture(WIDE, frame.high, t("alt_curve"), inside)


def shown(subject: Subject) -> list[str]:
    """The scenarios with a curve."""
    return list(subject.material.scenarios[:MOST_CURVES])


def has_pace(subject: Subject) -> bool:
    """Whether the plainest forecast can be drawn."""
    return checks.pace(checks.reports(subject), subject.days) is not None


def _unchecked(frame: Frame, subject: Subject, t: Language) -> Iterator[Markup]:
    """A grey ground for the days that no report can check."""
    last = unchecked_after(subject.world.observations, frame.days[-1].date())
    if last is None or not checks.reports(subject):
        return
    x = float(frame.x((pd.Timestamp(last) - frame.days[0]).days))
    x = max(x, LEFT)
    yield svg.area(
        [(x, TOP), (WIDE - 8, TOP), (WIDE - 8, frame.high - BOTTOM), (x, frame.high - BOTTOM)], "unchecked"
    )
    yield svg.text(x + 4, TOP + 10, t("unchecked"), "small", rtl=t.direction == "rtl")


def _pace(frame: Frame, subject: Subject, points: list[Observed]) -> Iterator[Markup]:
    found = checks.pace(points, frame.days)
    if found is not None:
        at, values = found
        yield svg.line(frame.points(np.minimum(values, frame.most), at), "pace")


def _reports(frame: Frame, points: list[Observed]) -> Iterator[Markup]:
    """Best estimates with their bounds."""
    for p in checks.weighed(points):
        d = (pd.Timestamp(p.day) - frame.days[0]).days
        x = float(frame.x(d))
        ends: Floats = frame.y(np.array([p.low, p.high]))
        yield svg.line([(x, ends[0]), (x, ends[1])], "reach")
        yield svg.tag("circle", cx=x, cy=float(frame.y(p.best)), r=2.6, class_="reported")
