"""Draw the house from its imports: docs/figures/house.svg, the picture in docs/architecture.md.

    python scripts/draw_house.py            draw it, and print how many rooms, floors and arrows there are
    python scripts/draw_house.py --check    say whether the picture is out of date; exit code 1 if it is

Rooms, floors and arrows come from `tests/test_layers.py`. An arrow that a longer way implies is left out, and so are
those to the bottom floor, which is there for everybody. `tests/test_docs.py` checks the picture.
"""

from __future__ import annotations

import sys
from html import escape
from pathlib import Path

import networkx as nx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))
import test_layers as layers  # noqa: E402

PICTURE = ROOT / "docs" / "figures" / "house.svg"
COLUMN, FLOOR, WIDE, HIGH, LEFT, TOP = (
    176,
    96,
    158,
    54,
    130,
    74,
)  # pixels; the middle of column 0, of the top floor
PANEL = 1130  # where the inside of the model begins

# column of each room, so that few arrows cross; a room without one stands above what it imports
COLUMNS = {
    "parameter": 0.6, "case": 2, "files": 3.4,
    "model": 0.6, "config": 2.6, "results": 4,
    "whatif": 0.8, "plots": 4,
    "scenario": 1.6, "comparison": 3, "validation": 4, "needs": 5,
    "explore": 0.6, "sweeps": 2, "export": 5,
    "notebook": 3.05, "solve": 2, "brief": 4.2,
    "cli": 1.6, "__main__": 1.6,
}  # fmt: skip
CAPTIONS = {
    "clock": "steps and dates",
    "dotted": "values by their name",
    "errors": "all troubles at once",
    "events": "what changes when",
    "memory": "how much there is",
    "words": "numbers in words",
    "world": "places, roads, shelter",
    "parameter": "value, unit, source",
    "case": "CSV tables, checked",
    "files": "whole or not at all",
    "model": "one step, all people",
    "config": "YAML and overrides",
    "results": "run and sweep folders",
    "whatif": "other courses of events",
    "plots": "figures of one run",
    "scenario": "describe and run",
    "comparison": "scenarios side by side",
    "validation": "beside what was seen",
    "needs": "water, tents, money",
    "explore": "a page with levers",
    "sweeps": "many runs",
    "export": "formats of others",
    "notebook": "the front door in Python",
    "solve": "which value meets it?",
    "brief": "two pages to decide on",
    "cli": "the commands",
    "__main__": "python -m flightsim",
}
STYLE = """
text { font: 14px Helvetica, Arial, 'DejaVu Sans', sans-serif; fill: #1f2933; text-anchor: middle }
.name { font-weight: bold; font-size: 15px }
.small { font-size: 12px; fill: #52606d }
.left { text-anchor: start }
.room { fill: #ffffff; stroke: #486581; stroke-width: 1.2 }
.common { fill: #f0f4f8 }
.path { fill: none; stroke: #829ab1; stroke-width: 1.4; marker-end: url(#tip) }
.floor { stroke: #d9e2ec }
"""
TIP = (
    '<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path d="M0 0 L8 4 L0 8 z" fill="#829ab1"/></marker></defs>'
)


def places() -> dict[str, tuple[float, float]]:
    """Middle of each room, in pixels."""
    spots: dict[str, tuple[float, float]] = {}
    bottom, rooms = layers.FLOORS[0], layers.rooms()
    for level, floor in enumerate(layers.FLOORS):
        y = TOP + (len(layers.FLOORS) - 1 - level) * FLOOR
        for i, room in enumerate(sorted(floor)):
            below = [spots[other][0] for other in rooms[room] if other in spots and other not in bottom]
            if level == 0:
                spots[room] = LEFT - WIDE / 2 + (i + 0.5) * _bottom_wide(), y
            elif room in COLUMNS:
                spots[room] = LEFT + COLUMNS[room] * COLUMN, y
            else:
                spots[room] = sum(below, start=0.0) / max(len(below), 1), y
    return spots


def _bottom_wide() -> float:
    """Room for one on the bottom floor, gap included."""
    return (5 * COLUMN + WIDE) / len(layers.FLOORS[0])


def drawn_arrows() -> list[tuple[str, str]]:
    """Arrows that no longer way implies, without those to the bottom floor."""
    graph = nx.DiGraph([(one, other) for one, others in layers.rooms().items() for other in others])
    return sorted(edge for edge in nx.transitive_reduction(graph).edges if edge[1] not in layers.FLOORS[0])


def box(
    x: float, y: float, lines: list[str], wide: float = WIDE, high: float = HIGH, kind: str = "room"
) -> str:
    """A room: its name and what it is about; x and y are its middle."""
    corner = f'x="{x - wide / 2:.0f}" y="{y - high / 2:.0f}" width="{wide:.0f}" height="{high:.0f}"'
    shape = f'<rect class="{kind}" {corner} rx="6"/>'
    first = y - 9 * (len(lines) - 1) + 5
    texts = [
        f'<text class="{"small" if i else "name"}" x="{x:.0f}" y="{first + 18 * i:.0f}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    ]
    return "\n".join([shape, *texts])


def arrow(
    start: tuple[float, float], end: tuple[float, float], high: float = HIGH, high_end: float = HIGH
) -> str:
    """From the foot of one room to the head of another, a little bent."""
    (x, y), (u, v) = (start[0], start[1] + high / 2), (end[0], end[1] - high_end / 2 - 2)
    x, u = x + max(-40, min(40, (u - x) * 0.2)), u + max(-40, min(40, (x - u) * 0.2))
    bend = min(40.0, (v - y) * 0.6)
    return f'<path class="path" d="M{x:.0f} {y:.0f} C{x:.0f} {y + bend:.0f} {u:.0f} {v - bend:.0f} {u:.0f} {v:.0f}"/>'


def wrapped(names: list[str], width: int = 34) -> list[str]:
    """Names in lines of so many letters at most."""
    lines = [""]
    for name in names:
        if lines[-1] and len(lines[-1]) + 3 + len(name) > width:
            lines.append("")
        lines[-1] += f" · {name}" if lines[-1] else name
    return lines


def model() -> list[str]:
    """The inside of model/, from the schedule at the top down to what all stand on."""
    own = {name.split(".", 1)[1] for name in layers.modules() if name.startswith("model.")}
    parts = sorted(name.removeprefix("parts.") for name in own if name.startswith("parts."))
    rest = sorted(
        name for name in own - {"model", "schedule", "state", "parts"} - layers.RULES if "." not in name
    )
    stories = [
        ["model", "Mesa's view of the schedule"],
        ["schedule", "one step as a list"],
        ["rules", *wrapped(sorted(layers.RULES))],
        ["state", "arrays, clocks, primitive moves"],
        ["parts", *wrapped(parts), "(the groups of a configuration)"],
        ["beside and below them", *wrapped(rest)],
    ]
    middle, y, pieces = PANEL + 150, TOP + 30.0, []
    before: tuple[float, float] | None = None
    for lines in stories:
        high = 18 * len(lines) + 24
        y += high / 2
        pieces.append(box(middle, y, lines, 290, high, "room common" if lines is stories[-1] else "room"))
        if before and lines is not stories[-1]:
            pieces.append(arrow((middle, before[0]), (middle, y), before[1], high))
        before = y, high
        y += high / 2 + 34
    return [f'<text class="name" x="{middle}" y="{TOP + 10}">inside model/</text>', *pieces]


def picture() -> str:
    """The house as SVG."""
    spots, rooms = places(), layers.rooms()
    bottom = TOP + (len(layers.FLOORS) - 1) * FLOOR
    wide, high = PANEL + 310, bottom + 76
    about = (
        f"{len(rooms)} rooms on {len(layers.FLOORS)} floors. An arrow: imports. Arrows that a longer way implies are "
        "left out; the bottom floor is there for everybody."
    )
    lines = [
        f'<line class="floor" x1="20" x2="{PANEL - 20}" y1="{y:.0f}" y2="{y:.0f}"/>'
        for y in (TOP + (level + 0.5) * FLOOR for level in range(len(layers.FLOORS) - 1))
    ]
    boxes = [
        box(
            *spots[room],
            [room, *filter(None, [CAPTIONS.get(room)])],
            *([_bottom_wide() - 12, HIGH, "room common"] if room in layers.FLOORS[0] else []),
        )
        for room in spots
    ]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {wide} {high}" width="{wide}" height="{high}">',
            f"<title>The house: {about}</title>",
            f"<style>{STYLE}</style>",
            TIP,
            f'<rect width="{wide}" height="{high}" fill="#ffffff"/>',
            *lines,
            *(arrow(spots[one], spots[other]) for one, other in drawn_arrows()),
            *boxes,
            *model(),
            f'<text class="small left" x="24" y="{high - 16}">{escape(about)}</text>',
            "</svg>\n",
        ]
    )


def main() -> int:
    """Draw, or check."""
    text = picture()
    if "--check" in sys.argv[1:]:
        old = not PICTURE.exists() or PICTURE.read_text(encoding="utf-8") != text
        print("out of date: run python scripts/draw_house.py" if old else "current")
        return int(old)
    PICTURE.write_text(text, encoding="utf-8")
    rooms = layers.rooms()
    print(f"{len(rooms)} rooms, {len(layers.FLOORS)} floors, {sum(map(len, rooms.values()))} arrows")
    return 0


if __name__ == "__main__":
    sys.exit(main())
