"""The flight day by day as a moving picture, small enough to mail: GIF with Pillow, MP4 where ffmpeg is there."""

from __future__ import annotations

import shutil
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from PIL import Image

from flightsim import words
from flightsim.errors import InputError
from flightsim.measures import SMALL_CELL_PERSONS
from flightsim.plots import colours, ground, maps, shapes, style
from flightsim.results import record
from flightsim.results.cube import AREA
from flightsim.results.findings import Findings
from flightsim.results.runs import Results
from flightsim.world import Floats, World

KINDS = (".gif", ".mp4")
TABLES = "measures", "flows", "front"
WIDE_IN, HIGH_IN, PIXELS_AN_INCH = 8.2, 7.0, 100
SIDE = 0.665  # of the width: where the column of numbers begins
COLOURS = 128  # of a GIF: what is drawn has few, and shades between them at the edges
LAST_SECONDS = 3.0  # the last day stays
Progress = Callable[[int, int], None]


def write(
    results: Results,
    world: World,
    path: Path,
    days_a_second: float = 6.0,
    progress: Progress = lambda done, n: None,
) -> Path:
    """Draw every day of a run and write the moving picture; its kind is that of the path, .gif or .mp4.

    InputError if it is neither, or MP4 is asked for and there is no ffmpeg.
    """
    if path.suffix.lower() not in KINDS:
        raise InputError(f"{path.name}: expected a name that ends in {' or '.join(KINDS)}")
    ffmpeg = shutil.which("ffmpeg")
    if path.suffix.lower() == ".mp4" and ffmpeg is None:
        raise InputError(
            "MP4 needs the program ffmpeg, which is not installed here; a name with .gif needs nothing"
        )
    with style.looks():
        pictures = list(_frames(results, world, progress))
    unfinished = path.with_name(f".{path.name}.part")
    try:
        if path.suffix.lower() == ".gif":
            _gif(pictures, unfinished, days_a_second)
        else:
            _mp4(pictures, unfinished, days_a_second, str(ffmpeg))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
    return path


class Scene:
    """The figure of one day after the other: what stays is drawn once, the rest anew."""

    def __init__(self, results: Results, world: World) -> None:
        self.results, self.world, self.findings = results, world, Findings(results)
        f = self.findings
        self.view, self.outlines = ground.view_of(world), shapes.outlines(world)
        self.centres = dict(zip(world.areas.area_id, shapes.centres(world, self.outlines), strict=True))
        self.held = record.held(results, world)
        self.sheltered = results.cube.values("sheltered_persons", {AREA: world.areas.area_id})
        self.limits = maps.class_limits(float(self.sheltered.max()))
        self.shades = colours.palette().shades(len(self.limits))
        week = (pd.DatetimeIndex(results.flows["week"]) - results.days[0]).days // 7
        self.flows = {
            int(str(number)): maps.flows_between(rows, "moves_persons")
            for number, rows in results.flows.groupby(np.asarray(week))
        }
        self.widest = max([float(t["persons"].max()) for t in self.flows.values() if len(t)], default=0.0)
        self.figure = Figure(
            figsize=(WIDE_IN, HIGH_IN), dpi=PIXELS_AN_INCH, facecolor=colours.palette().PAPER
        )
        self.canvas: Any = FigureCanvasAgg(self.figure)
        what = (
            f"People displaced since {words.day_year(f.start)}, where they are and where they go, day by day."
        )
        title = f"{world.manifest.get('title', world.name)}: the flight by day"
        top = (
            1 - style.write(self.figure, title, what, _foot(results, world)) - 0.01
        )  # below all of the texts
        self.map = self.figure.add_axes((0.01, 0.24, SIDE - 0.02, min(0.66, top - 0.24)))
        self._draw_ground()
        self.course = self.figure.add_axes((0.085, 0.115, SIDE - 0.1, 0.1))
        self.now = self._draw_course()
        self.day_text = self.figure.text(SIDE, top, "", size=17, weight="bold", va="top")
        first = top - 0.075
        self.numbers = [
            self.figure.text(0.985, first - 0.04 * row, "", size=11, weight="bold", ha="right", va="top")
            for row in range(len(self._counts(0)))
        ]
        for row, (label, colour, _) in enumerate(self._counts(0)):
            self.figure.text(SIDE, first - 0.04 * row, label, size=9.5, va="top")
            self.figure.text(SIDE - 0.017, first - 0.04 * row, "■", size=8, va="top", color=colour)
        self._draw_key(first - 0.04 * len(self.numbers) - 0.02)
        self.week, self.front, self.moving = -1, b"", []  # type: int, bytes, list[Any]
        self.captured: list[Any] = []

    def show(self, day: int) -> Image.Image:
        """The picture of a day, by number."""
        date = self.results.days[day]
        self.day_text.set_text(f"{date.day} {date:%B %Y}")
        for text, (_, _, value) in zip(self.numbers, self._counts(day), strict=True):
            text.set_text(words.about(value))
        values = dict(zip(self.world.areas.area_id, self.sheltered[day], strict=True))
        if self.land is not None:
            self.land.set_facecolor([self._shade(values.get(area, 0.0)) for area in self.outlines])
        if day // 7 != self.week:
            self.week = day // 7
            flows = self.flows.get(self.week)
            self.moving = _anew(
                self.map, self.moving,
                lambda: flows is not None and maps.arrows(self.map, flows, self.centres, self.widest),
            )  # fmt: skip
        before, now = self.held[0], self.held[day + 1]
        if now.tobytes() != self.front:
            self.front = now.tobytes()
            self.captured = _anew(
                self.map, self.captured,
                lambda: ground.front(self.map, self.world, before, now, self.view, self.outlines),
            )  # fmt: skip
        self.now.set_xdata([date.to_datetime64()] * 2)
        self.canvas.draw()
        return Image.fromarray(np.ascontiguousarray(np.asarray(self.canvas.buffer_rgba())[:, :, :3]))

    def _shade(self, persons: float) -> str:
        if persons < self.limits[0]:
            return str(style.LAND)
        return self.shades[maps.class_of(persons, self.limits)]

    def _counts(self, day: int) -> list[tuple[str, str, float]]:
        """What the column of numbers says on a day: words, colour, persons."""
        f = self.findings
        road = self.results.series("en_route_persons")
        border = {"waiting at a crossing": (style.AT_CROSSINGS, self.results.series("at_crossings_persons")),
                  "gone abroad": (style.ABROAD, self.results.series("abroad_persons"))}  # fmt: skip
        some = any(len(course) and course.max() >= 1 for _, course in border.values())
        at_the_border = [
            (name, colour, course.iloc[day]) for name, (colour, course) in border.items() if some
        ]
        return [
            ("displaced", style.PEOPLE, f.displaced.iloc[day]),
            ("on the road", style.MOVING, road.iloc[day]),
            ("in camps and sites", style.RUNG_COLOURS["site"], f.by_rung["site"].iloc[day]),
            ("in the open", style.RUNG_COLOURS["open"], f.by_rung["open"].iloc[day]),
            ("want to leave, cannot", style.TRAPPED, f.trapped.iloc[day]),
            *at_the_border,
        ]

    def _draw_ground(self) -> None:
        ground.prepare(self.map, self.view)
        self.land = ground.land(self.map, self.outlines, {})
        ground.lines(self.map, self.world, self.view)
        ground.scale_bar(self.map, self.view)
        most = pd.concat([self.findings.displaced_by_area.head(8), self.findings.sheltered_by_area.head(8)])
        most = most[most >= SMALL_CELL_PERSONS].groupby(level=0).max().sort_values(ascending=False)
        km_per_inch = self.view.height / (0.66 * HIGH_IN)
        below: Floats = np.array([0, -0.13 * km_per_inch])
        labels = [(self.findings.name(str(area)), self.centres[str(area)] + below) for area in most.index]
        ground.names(self.map, self.view, labels, km_per_inch)

    def _draw_course(self) -> Line2D:
        """The curve of people displaced, and the line that says which day it is."""
        axes, f = self.course, self.findings
        axes.fill_between(self.results.days, f.displaced.to_numpy(), color=style.PEOPLE, alpha=0.35, lw=0)
        axes.plot(self.results.days, f.displaced.to_numpy(), color=style.PEOPLE, lw=1.4)
        axes.set_ylim(0, None)
        axes.set_ylabel("people", size=8)
        axes.tick_params(labelsize=7.5)
        axes.locator_params(axis="y", nbins=3)
        style.counts(axes.yaxis)
        style.dates(axes, self.results.days, 28 if len(self.results.days) > 60 else 0)
        return axes.axvline(self.results.days[0].to_datetime64(), color=style.INK, lw=1.2)  # type: ignore[arg-type]

    def _draw_key(self, top: float) -> None:
        tops = [f"to {words.short(v)}" for v in self.limits[1:]] + ["and more"]
        handles: list[Any] = [maps.heading("Displaced people there")]
        handles += [
            Patch(fc=colour, ec=style.LAND_EDGE, label=f"{words.short(low)} {top}")
            for low, top, colour in zip(self.limits, tops, self.shades, strict=True)
        ]
        if self.widest:
            width = maps.flow_width(self.widest, self.widest)
            handles.append(maps.heading("\nOn the move in the week"))
            handles.append(
                Line2D([], [], color=style.MOVING, lw=width, label=f"{words.about(self.widest)} people")
            )
        handles.append(maps.heading("\nGround"))
        taken = ground.taken_by(self.world, self.held[0], self.held[-1]) or {style.CAPTURED: "captured"}
        handles += [Patch(fc=style.PAPER, ec=c, hatch="////", label=label) for c, label in taken.items()]
        if self.world.hostile(self.world.places.control).any():
            handles.append(Patch(fc=style.HOSTILE_LAND, label="held by others at the start"))
        if shapes.lines(self.world):
            name = str(self.world.manifest.get("border_name", "border"))
            handles.append(Line2D([], [], color=style.INK, lw=2.2, label=name))
        self.figure.legend(
            handles=handles, loc="upper left", bbox_to_anchor=(SIDE - 0.03, top), fontsize=8.5,
            handlelength=2.0, labelspacing=0.5, borderaxespad=0,
        )  # fmt: skip


def _frames(results: Results, world: World, progress: Progress) -> Iterator[Image.Image]:
    scene = Scene(results, world)
    for day in range(len(results.days)):
        yield scene.show(day)
        progress(day + 1, len(results.days))


def _anew(axes: Axes, old: list[Any], draw: Callable[[], object]) -> list[Any]:
    """Take what was drawn away and draw it anew; gives what is there now."""
    for artist in old:
        artist.remove()
    before = set(axes.get_children())
    draw()
    return [artist for artist in axes.get_children() if artist not in before]


def _foot(results: Results, world: World) -> str:
    return style.footer(results, world, ("outlines.geojson", "lines.geojson"))


def _common_colours(pictures: list[Image.Image]) -> list[tuple[int, ...]]:
    """Those with a meaning, exactly, however small what they are drawn on; then the most frequent others."""
    rgb = [to_rgb(c) for c in vars(colours.palette()).values() if isinstance(c, str)]
    rgb += [to_rgb(c) for c in colours.palette().RUNG_COLOURS.values()]
    found = dict.fromkeys(tuple(round(255 * part) for part in c) for c in rgb)
    counted: Counter[tuple[int, ...]] = Counter()
    for picture in pictures[:: max(len(pictures) // 8, 1)]:
        for n, colour in picture.getcolors(picture.width * picture.height) or []:
            counted[tuple(colour)] += n  # type: ignore[arg-type]
    found |= dict.fromkeys(colour for colour, _ in sorted(counted.items(), key=lambda c: (-c[1], c[0])))
    return list(found)[:COLOURS]


def _gif(pictures: list[Image.Image], path: Path, days_a_second: float) -> None:
    """One table of colours for all frames, of which only what changed is stored."""
    table = Image.new("P", (1, 1))
    table.putpalette([part for colour in _common_colours(pictures) for part in colour])
    frames = [picture.quantize(palette=table, dither=Image.Dither.NONE) for picture in pictures]
    times = [round(1000 / days_a_second)] * (len(frames) - 1) + [round(1000 * LAST_SECONDS)]
    frames[0].save(
        path, format="GIF", save_all=True, append_images=frames[1:], duration=times, loop=0, disposal=1,
        optimize=False, comment=b"Modelled, not observed",
    )  # fmt: skip


def _mp4(pictures: list[Image.Image], path: Path, days_a_second: float, ffmpeg: str) -> None:
    """H.264 in a form that every player reads; the last day stays."""
    wide, high = (side // 2 * 2 for side in pictures[0].size)
    command = [
        ffmpeg, "-y", "-loglevel", "error", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{wide}x{high}",
        "-r", f"{days_a_second:g}", "-i", "-", "-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "20",
        "-tune", "animation", "-movflags", "+faststart", "-fflags", "+bitexact", "-flags:v", "+bitexact",
        "-f", "mp4", str(path),
    ]  # fmt: skip
    whole = pictures + [pictures[-1]] * round(LAST_SECONDS * days_a_second)
    content = b"".join(picture.crop((0, 0, wide, high)).tobytes() for picture in whole)
    done = subprocess.run(command, input=content, capture_output=True, check=False)
    if done.returncode:
        raise InputError(
            f"ffmpeg could not write {path.name}: {done.stderr.decode(errors='replace').strip()[-300:]}"
        )
