"""The folder of a comparison: findings in words, figures, and the table behind each. Whole or not at all."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from flightsim import __version__
from flightsim.case.reading import read_case
from flightsim.comparison import chances, lives, reading, sensitivity, sentences, tables
from flightsim.comparison.figures import areas, chance, changed, over_time, responses, tornado, whiskers
from flightsim.comparison.material import Material
from flightsim.comparison.reading import Progress
from flightsim.errors import InputError
from flightsim.files.atomic import check_writable, plain_errors, whole_folder, write_text
from flightsim.files.spreadsheet import harmless_table
from flightsim.plots import style
from flightsim.results import gather, sweeps
from flightsim.results.outcomes import AT_THE_BORDER, Headline
from flightsim.world import World

NAME, MARK = "comparison", "comparison.json"
MOST_PAGES = 3  # of scenarios, three on each, in figures; the tables hold all
OVER_TIME = 6  # outcomes drawn over time
RARELY = ("moves_persons", "mean_road_km_to_border", "exposure_person_hours")  # drawn over time last

README = """This folder is a comparison of scenarios by flightsim. It is modelled, not observed.

findings.txt        what was found, in words
over_time_*.png     an outcome over time in each scenario, and its difference to the baseline, run by run
chances.png         in what share of the runs so many or more are displaced
outcomes.png        all headline outcomes by scenario, and their differences
areas.png           arrivals by area, and the differences
lives.png           how many households leave at another time, go elsewhere, or find other shelter, and why
response.png        outcomes over a number that was varied; heat.png: over two
tornado.png         which drawn parameters move the outcome, beside our levers
NAME.csv, .parquet  the table behind each figure of that name; mean_low to mean_high is the 95 % interval of the mean,
                    p5 … p95 are quantiles between runs; what: level, or difference to the baseline run by run
comparison.json     which folders were compared, with which version

Not every comparison has every figure. Counts under 100 people by area are left out.
Not for targeting, interdiction, closing borders, or decisions about individuals.
"""

Draw = Callable[[], Figure]


@dataclass(frozen=True)
class Comparison:
    """Where a comparison was written, what it found, and how each of its figures is drawn, by the name of its file."""

    path: Path
    findings: tuple[str, ...]
    figures: Mapping[str, Draw]


def compare(
    folders: Sequence[str | Path],
    baseline: str | None = None,
    output: str | Path | None = None,
    role_of: Mapping[str, str] | None = None,
    at_least: float | None = None,
    progress: Progress | None = None,
) -> Comparison:
    """Compare the scenarios in the folders and write ``comparison`` into the first, or ``output``.

    ``at_least``: the number whose chance is given; a round one if not given.
    A comparison that is there already is replaced. InputError if there is nothing to compare, a table cannot
    be read, or the folder cannot be written.
    """
    if at_least is not None and not (np.isfinite(at_least) and at_least > 0):
        raise InputError([f"--at-least is {at_least:g}; expected a number of people above 0"])
    chosen, notes = _newest(folders)
    sweep = gather.read(chosen if len(chosen) > 1 else chosen[0])
    folder = Path(output) if output is not None else Path(chosen[0]) / NAME
    _check_place(folder)
    material = reading.read(sweep, baseline, role_of, progress)
    world, no_maps = _world(material)
    changed_lives, n_pairs, more = _lives(material)
    title = f"{sweep.name}: {world.manifest['title'] if world else material.case}"
    values = material.values(material.main)
    number = at_least if at_least is not None else chances.round_number(values[np.isfinite(values)])
    if at_least is None and chances.is_certain(material, material.main, number):
        number = 0.0  # nothing to tell
    found = sentences.findings(material, title, changed_lives, n_pairs, number)
    found[1:1] = [*notes, *no_maps, *more, *sensitivity.too_few(material)]

    figures: dict[str, Draw] = {}

    def fill(inside: Path) -> None:
        for name, table, draws in _pieces(
            material, world, tables.changed_lives(changed_lives), n_pairs, number
        ):
            _write_table(inside, name, table)
            drawn = _numbered(name, draws)
            _draw(inside, drawn)
            figures.update(drawn)
        write_text(inside / "findings.txt", "\n".join(found) + "\n")
        write_text(inside / "README.txt", README)
        write_text(inside / MARK, json.dumps(_about(material, folders), indent=2, ensure_ascii=False) + "\n")

    with style.looks():
        _replace(folder, fill)
    return Comparison(folder, tuple(found), figures)


Piece = tuple[str, pd.DataFrame, list[Draw]]


def _pieces(
    material: Material, world: World | None, changed_lives: pd.DataFrame, n_pairs: int, number: float
) -> Iterable[Piece]:
    """Name, table and pictures of everything that this comparison can show."""
    pages = over_time.pages(material)[:MOST_PAGES]
    for i, headline in enumerate(_over_time(material)):
        table = tables.over_time(material, headline)
        some = pages if i == 0 else pages[:1]
        yield (
            f"over_time_{headline.name}",
            table,
            [_fan(table, headline, material, world, page) for page in some],
        )
    table = tables.outcomes(material)
    yield "outcomes", table, [lambda: whiskers.draw(table, material, world)] if material.telling else []
    if number > 0:
        by_number = chances.table(material, material.main, number)
        yield "chances", by_number, [lambda: chance.draw(by_number, material.main, number, material, world)]
    if material.area_ids:
        by_area = tables.areas(material)
        drawn = [_map(by_area, material, world, page) for page in pages] if world else []
        yield "areas", by_area, drawn
    if len(changed_lives):
        yield "lives", changed_lives, [lambda: changed.draw(changed_lives, material, world, n_pairs)]
    yield from _responses(material, world)
    effects = tables.tornado(material, material.main)
    if len(effects):
        yield "tornado", effects, [lambda: tornado.draw(effects, material.main, material, world)]


def _responses(material: Material, world: World | None) -> Iterable[Piece]:
    """A curve if one axis of the sweep is numbers, a heat map if two are."""
    numeric = responses.numeric_axes(material)
    if not numeric or not material.telling:
        return
    table = tables.response(material, responses.shown(material))
    if len(numeric) == 1:
        yield "response", table, [lambda: responses.curves(table, material, world, numeric[0])]
    else:
        yield "heat", table, [lambda: responses.heat(table, material, world, numeric)]


def _over_time(material: Material) -> list[Headline]:
    border = AT_THE_BORDER if material.asks_of_the_border else ()
    order = sorted(
        material.telling, key=lambda h: (h is not material.main, h.name not in border, h.name in RARELY)
    )
    return order[:OVER_TIME]


def _fan(
    table: pd.DataFrame, headline: Headline, material: Material, world: World | None, page: Sequence[str]
) -> Draw:
    return lambda: over_time.draw(table, headline, material, world, page)


def _map(table: pd.DataFrame, material: Material, world: World, page: Sequence[str]) -> Draw:
    boundaries = material.configs[material.baseline].get("boundaries")
    return lambda: areas.draw(table, material, world, page, boundaries)


def _write_table(folder: Path, name: str, table: pd.DataFrame) -> None:
    """The table as CSV and Parquet."""
    write_text(
        folder / f"{name}.csv",
        harmless_table(table).to_csv(index=False, float_format="%.6g", lineterminator="\n"),
    )
    with plain_errors(folder / f"{name}.parquet"):
        table.to_parquet(folder / f"{name}.parquet", index=False, compression="zstd")


def _numbered(name: str, draws: Sequence[Draw]) -> dict[str, Draw]:
    """The pictures of a table by the names of their files, numbered from the second on."""
    return {name if n == 1 else f"{name}_{n}": draw for n, draw in enumerate(draws, start=1)}


def _draw(folder: Path, figures: Mapping[str, Draw]) -> None:
    for name, draw in figures.items():
        path = folder / f"{name}.png"
        with plain_errors(path):
            style.save(draw(), path)


def _newest(folders: Sequence[str | Path]) -> tuple[list[Path], list[str]]:
    """The folders to read: of one that holds sweeps side by side, as ``results/NAME``, the newest of them."""
    paths = [Path(folder) for folder in folders]
    if len(paths) > 1 or sweeps.is_sweep(paths[0]) or not paths[0].is_dir():
        return paths, []
    inside = sorted(path for path in paths[0].iterdir() if path.is_dir() and sweeps.is_sweep(path))
    if not inside:
        return paths, []
    newest = max(inside, key=lambda path: (sweeps.read_one(path).created_utc, path.name))
    told = f"{newest.name}, the newest of the {len(inside)} sweeps in {paths[0]}; name others to compare them"
    return [newest], [f"Compared is {told}."] if len(inside) > 1 else []


def _world(material: Material) -> tuple[World | None, list[str]]:
    """The case's world for maps and sources; without its folder the rest is still compared."""
    try:
        return read_case(material.case).world, []
    except InputError as problem:
        return None, [f"No maps: {problem.complaints[0]}."]


def _lives(material: Material) -> tuple[pd.DataFrame, int, list[str]]:
    """Changed lives, of how many pairs, and a note if they could not be compared or not all."""
    try:
        found, n = lives.compare(material)
    except InputError as problem:
        return pd.DataFrame(), 0, [f"Changed lives are not compared: {problem.complaints[0]}."]
    most = max((len(material.pairs(name)[0]) for name in material.others), default=0)
    if 0 < n < most:
        return (
            found,
            n,
            [f"Changed lives are those of the first {n:,} of {most:,} pairs; more would take long."],
        )
    return found, n, []


def _about(material: Material, folders: Sequence[str | Path]) -> dict[str, Any]:
    return {
        "flightsim": __version__,
        "created_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "folders": [str(folder) for folder in folders],
        "baseline": material.baseline,
        "runs": material.sizes,
        "levers": list(material.levers),
        "uncertainties": [*material.uncertainties, *material.sweep.drawn],
    }


def _check_place(folder: Path) -> None:
    """The folder can be written, and what has its name is an earlier comparison, or nothing."""
    if (
        folder.exists()
        and not (folder / MARK).is_file()
        and not (folder.is_dir() and not any(folder.iterdir()))
    ):
        raise InputError(f"{folder} is in the way: it is no comparison of flightsim, and is left as it is")
    try:
        check_writable(folder.parent)
    except InputError as problem:
        raise InputError([*problem.complaints, "choose another place with --output DIR"]) from problem


def _replace(folder: Path, fill: Callable[[Path], None]) -> None:
    """Write a folder whole beside the old one, then let it take its name."""
    new, old = (folder.with_name(f".{folder.name}.{word}") for word in ("new", "old"))
    for left in (new, old):  # by a process that was killed
        shutil.rmtree(left, ignore_errors=True)
    with whole_folder(new) as inside, plain_errors(folder):
        fill(inside)
    with plain_errors(folder):
        if folder.exists():
            folder.rename(old)
        new.rename(folder)
    shutil.rmtree(old, ignore_errors=True)
