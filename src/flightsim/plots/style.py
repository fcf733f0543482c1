"""One look for every figure: a colour has one meaning (``colours``), and a title says what was found."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from PIL import Image

from flightsim import __version__, words
from flightsim.plots import colours
from flightsim.results import trust
from flightsim.results.findings import Findings, unchecked_after
from flightsim.results.runs import Results
from flightsim.world import World

DPI = 150
SCREEN_DPI = 80
FONT = "DejaVu Sans"  # comes with matplotlib: the same picture everywhere
LEFT, RIGHT, TOP, BOTTOM = 0.095, 0.975, 0.845, 0.145  # of the figure: where axes may stand


def __getattr__(name: str) -> Any:
    """``style.PEOPLE`` and the like: the colour of a meaning on the ground that is drawn on now."""
    return getattr(colours.palette(), name)


def _settings() -> Any:
    """What matplotlib is given, with the colours that hold now."""
    now = colours.palette()
    return {
        "font.family": FONT,
        "font.size": 9.5,
        "text.parse_math": False,  # a dollar in a scenario's name is a dollar
        "axes.spines.top": False,
        "axes.spines.right": False,
        "axes.facecolor": now.PAPER,
        "axes.edgecolor": now.FAINT_INK,
        "axes.labelcolor": now.INK,
        "text.color": now.INK,
        "xtick.color": now.INK,
        "ytick.color": now.INK,
        "axes.grid": False,
        "legend.frameon": False,
        "hatch.linewidth": 0.6,
        "savefig.facecolor": now.PAPER,
    }


def new_figure(width_in: float = 10.0, height_in: float = 6.0) -> Figure:
    """An empty figure that no global state knows of."""
    figure = Figure(figsize=(width_in, height_in), dpi=DPI, facecolor=colours.palette().PAPER)
    FigureCanvasAgg(figure)
    return figure


def say(
    figure: Figure, title: str, subtitle: str, results: Results, world: World, tables: tuple[str, ...] = ()
) -> None:
    """``write`` for one run: the foot says what it rests on.

    ``tables``: files of the case that are drawn, so that whom they come from is said.
    """
    write(figure, title, subtitle, footer(results, world, tables))


def write(figure: Figure, title: str, subtitle: str, foot: str) -> float:
    """The finding on top, what is shown and in which unit under it, and at the foot what it rests on.

    Gives the share of the figure's height that the two upper texts take.
    """
    inches = figure.get_size_inches()
    wide, high = float(inches[0]), float(inches[1])
    title = textwrap.fill(title, int((wide - 0.3) / 0.113))  # inches a letter, on average
    figure.text(0.02, 1 - 0.12 / high, title, size=13, weight="bold", va="top", linespacing=1.25)
    below = 0.12 + 0.27 * (title.count("\n") + 1)
    wrapped = textwrap.fill(subtitle, int((wide - 0.3) / 0.077))
    figure.text(0.02, 1 - below / high, wrapped, size=9.5, color=colours.palette().FAINT_INK, va="top")
    foot = textwrap.fill(foot, int((wide - 0.3) / 0.0565))
    figure.text(0.02, 0.08 / high, foot, size=7.5, color=colours.palette().FAINT_INK, va="bottom")
    return (below + 0.19 * (wrapped.count("\n") + 1)) / high


def footer(results: Results, world: World, tables: tuple[str, ...] = ()) -> str:
    """What a figure of one run rests on: modelled, seed, case, its date, sources of its tables."""
    return (
        f"Modelled, not observed: one course without a range (1 run, seed {results.seed})."
        f"{unchecked(world, Findings(results).end)} "
        f"{source(world, str(results.provenance.get('flightsim', __version__)), tables)}"
    )


def unchecked(world: World, end: date) -> str:
    """A sentence on the days that nothing reported can check; blank if there are none."""
    day = unchecked_after(world.observations, end)
    return f" Unchecked after {words.day_year(day)}." if day else ""


def source(world: World, version: str, tables: tuple[str, ...] = ()) -> str:
    """Which tool, which case, the date of its data, and whom the drawn tables come from."""
    manifest = world.manifest
    data_date = manifest.get("data_date")
    known = (
        f", people and places of {words.day_year(date.fromisoformat(str(data_date)))}" if data_date else ""
    )
    about = manifest.get("tables") or {}
    thanks = "; ".join(str(about.get(table, {}).get("attribution", "")) for table in tables).replace(
        "(c)", "©"
    )
    each = dict.fromkeys(part.strip() for part in thanks.split(";") if part.strip())  # once, in order
    data = f" Data: {'; '.join(each)}." if each else ""
    edited = "".join(f"{note} " for note in trust.notes())
    return f"{edited}Source: flightsim {version}, case “{manifest.get('title', world.name)}”{known}.{data}"


def save(figure: Figure, path: Path) -> None:
    """Write a PNG that depends on nothing but the figure."""
    path.write_bytes(as_png(figure))


def as_png(figure: Figure) -> bytes:
    """The figure as a PNG. Nothing shines through a figure: three colours will do."""
    canvas: Any = FigureCanvasAgg(figure)
    canvas.draw()
    pixels = np.ascontiguousarray(np.asarray(canvas.buffer_rgba())[:, :, :3])
    written = BytesIO()
    Image.fromarray(pixels).save(written, format="PNG", dpi=(DPI, DPI), compress_level=2)
    return written.getvalue()


def as_shown(figure: Figure) -> bytes:
    """The figure as a PNG for a screen, smaller than the one that `save` writes."""
    written = BytesIO()
    with looks():
        figure.savefig(written, format="png", dpi=SCREEN_DPI)
    return written.getvalue()


@contextmanager
def looks() -> Iterator[None]:
    """Figures made inside get this look; the user's own settings come back after it."""
    with mpl.rc_context(_settings()):
        yield


def bars(axes: Axes, at: Any, heights: Any, width: Any, **look: Any) -> None:
    """Upright bars from 0, all in one piece: matplotlib's own are a shape each, at a millisecond a shape."""
    edges = np.stack([at - width / 2, at + width / 2, at + width / 2], axis=1)
    axes.fill_between(edges.ravel(), _with_gaps(heights), lw=0, **look)
    axes.set_ylim(0, None)


def bars_across(axes: Axes, at: Any, begin: Any, end: Any, height: float, **look: Any) -> None:
    """Lying bars, all in one piece."""
    edges = np.stack([at - height / 2, at + height / 2, at + height / 2], axis=1)
    axes.fill_betweenx(edges.ravel(), _with_gaps(begin), _with_gaps(end), lw=0, **look)


def _with_gaps(values: Any) -> Any:
    """Each value twice, and a gap after it."""
    return np.stack([values, values, np.full(len(values), np.nan)], axis=1).ravel()


def counts(axis: Axis) -> None:
    """Write an axis' ticks as counts, all of them in thousands or all in millions."""
    axis.set_major_formatter(
        FuncFormatter(lambda value, _: words.short(value, max(axis.get_view_interval())))
    )


def dates(axes: Axes, days: pd.DatetimeIndex, every: int = 0) -> None:
    """Ticks of a time axis, ``every`` so many days (0: a week or two), as ``1 Dec``, the year where it begins."""
    every = every or (1 if len(days) <= 10 else 7 if len(days) <= 70 else 14)
    ticks = days[::every]
    labels = [f"{d.day} {d:%b}" for d in ticks]
    years = [d.year for d in ticks]
    labels = [
        f"{t}\n{y}" if i == 0 or y != years[i - 1] else t
        for i, (t, y) in enumerate(zip(labels, years, strict=True))
    ]
    axes.set_xticks(ticks.to_numpy(), labels)
    ends = (days[[0, -1]] - pd.Timestamp("1970-01-01")) / pd.Timedelta(days=1)  # as matplotlib counts days
    axes.set_xlim(float(ends[0]) - 0.5, float(ends[1]) + 0.5)


def faint_grid(axes: Axes, axis: str = "y") -> None:
    """Light lines to read values by, behind everything."""
    axes.grid(visible=True, axis=axis, color=colours.palette().GRID, lw=0.7)  # type: ignore[arg-type]
    axes.set_axisbelow(True)
