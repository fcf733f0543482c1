"""Pictures as text: elements of SVG, everything that comes from outside escaped. Looks are in page.css."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from flightsim.world import Floats

ISOLATE, END = (
    "\u2067",
    "\u2069",
)  # text from right to left inside a picture that is laid out from left to right


def tag(name: str, *inside: Any, **attributes: Any) -> Markup:
    """An element; ``class_`` is class, ``stroke_width`` is stroke-width; an attribute that is None is left out."""
    told = Markup("").join(
        Markup(' {}="{}"').format(key.rstrip("_").replace("_", "-"), _plain(value))
        for key, value in attributes.items()
        if value is not None
    )
    content = Markup("").join(escape(part) for part in inside)
    if not inside:
        return Markup("<{}{}/>").format(Markup(name), told)
    return Markup("<{}{}>{}</{}>").format(Markup(name), told, content, Markup(name))


def picture(width: float, height: float, label: str, inside: Iterable[Markup]) -> Markup:
    """A picture that takes the width it is given; ``label`` is read out to those who cannot see it."""
    return tag("svg", tag("title", label), *inside, viewBox=f"0 0 {width:g} {height:g}", role="img",
               aria_label=label)  # fmt: skip


def text(
    x: float, y: float, words: str, class_: str = "", anchor: str = "start", rtl: bool = False
) -> Markup:
    """Letters; those of a language from right to left keep their own order."""
    said = f"{ISOLATE}{words}{END}" if rtl else words
    return tag(
        "text", said, x=x, y=y, class_=class_ or None, text_anchor=None if anchor == "start" else anchor
    )


def line(points: Floats | Sequence[Sequence[float]], class_: str, **attributes: Any) -> Markup:
    """An open line through (n, 2) points."""
    return tag("path", d=_course(points), class_=class_, **attributes)


def area(points: Floats | Sequence[Sequence[float]], class_: str, **attributes: Any) -> Markup:
    """A closed shape."""
    return tag("path", d=_course(points) + "Z", class_=class_, **attributes)


def rings(shape: Iterable[Any], class_: str | None, *inside: Any, **attributes: Any) -> Markup:
    """A shape of several closed rings, holes among them."""
    d = "".join(_course(ring) + "Z" for ring in shape)
    return tag("path", *inside, d=d, class_=class_, fill_rule="evenodd", **attributes)


def _course(points: Any) -> str:
    """Points as a path, to a tenth of a unit, none twice."""
    told: list[str] = []
    for x, y in points:
        at = f"{round(float(x), 1):g} {round(float(y), 1):g}"
        if not told or told[-1] != at:
            told.append(at)
    return "M" + "L".join(told)


def _plain(value: Any) -> str:
    return f"{round(value, 1):g}" if isinstance(value, float) else str(value)
