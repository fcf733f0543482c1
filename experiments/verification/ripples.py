"""How far does a small change travel? One place's camps have no room left; for whom does something change?

    python experiments/verification/ripples.py             eight runs of Idlib at scale 0.05: about a minute
    python experiments/verification/ripples.py --quick     one day, few runs; writes no file

The same with what households do to one another taken away, part by part. Writes the table and the figure of
docs/paired.md.
"""

from __future__ import annotations

import argparse
import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from flightsim import words
from flightsim.config import compose
from flightsim.model.model import DisplacementModel
from flightsim.plots import style
from flightsim.scenario import from_config
from flightsim.world import SITE, World

ROOT = Path(__file__).resolve().parents[2]
PAGE, FIGURE = ROOT / "docs" / "paired.md", ROOT / "docs" / "figures" / "ripples.png"
SETTINGS = ["population.scale=0.05", "days=58", "figures=false", "shelter.tents_per_day=0"]
WITHOUT = {
    "as shipped": [],
    "without neighbours": ["behaviour.neighbours_per_hour=0"],
    "without queues on roads": ["roads=free_flow"],
    "with neither": ["behaviour.neighbours_per_hour=0", "roads=free_flow"],
}
COLOURS = ("#222222", "#0072B2", "#D55E00", "#009E73")
BEYOND_KM = (0, 5, 10, 20, 30, 40, 60, 80)


def main() -> int:
    """Run, compare, write."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--quick", action="store_true")
    settings = [*SETTINGS, "days=1"] if parser.parse_args().quick else SETTINGS
    found = {name: compared([*settings, *overrides]) for name, overrides in WITHOUT.items()}
    table = pd.DataFrame([row | {"what": name} for name, (row, _) in found.items()])
    print(table.to_string(index=False))
    if settings is SETTINGS:
        draw({name: lives for name, (_, lives) in found.items()})
        write(table)
    return 0


def compared(overrides: list[str]) -> tuple[dict[str, Any], pd.DataFrame]:
    """As it was, and with the camps that most of the displaced live in full from the start: figures, and lives."""
    (job,) = compose.jobs(overrides)
    scenario = from_config(job.config)
    world = scenario.world
    before = lived(scenario.model())
    closed = int(np.argmax(before.sheltered_persons[:, SITE]))
    room = world.room_persons.copy()
    room[closed, SITE] = 0.0
    full = replace(world, room_persons=room)
    after = lived(DisplacementModel(full, scenario.events, scenario.clock, scenario.parts, scenario.seed))
    lives = told(before, after, world, closed)
    changed, used = lives["changed"], lives["used"]
    people = lives["persons"]
    others = lives[changed & ~used]
    far = np.repeat(others["km"].to_numpy(), np.maximum(1, others["persons"].round().astype(int)).to_numpy())
    return {
        "area": world.areas.name[world.places.area[closed]],
        "used": people[used].sum(),
        "used_changed": people[used & changed].sum(),
        "others": people[~used].sum(),
        "others_changed": others["persons"].sum(),
        "median_km": float(np.median(far)) if len(far) else 0.0,
        "p90_km": float(np.quantile(far, 0.9)) if len(far) else 0.0,
    }, lives


def lived(model: DisplacementModel) -> DisplacementModel:
    """The model at its end."""
    for _ in range(model.clock.n_steps):
        model.step()
    return model


def story(model: DisplacementModel) -> pd.DataFrame:
    """A row a household: when it left, where it went first, where and how it lives at the end."""
    h, record = model.households, model.recorder
    return pd.DataFrame(
        {
            "left": record.first_departure,
            "first": record.first_destination,
            "place": h.place,
            "rung": h.rung,
            "state": h.state,
            "moves": h.moves,
        }
    )


def told(before: DisplacementModel, after: DisplacementModel, world: World, closed: int) -> pd.DataFrame:
    """A row a household displaced in either run: was its life changed, did it use the place, how far away is it?"""
    one, two = story(before), story(after)
    moved = (before.households.displaced | after.households.displaced).astype(bool)
    at = np.where(one["place"] < len(world.places), one["place"], closed)
    lives = pd.DataFrame(
        {
            "changed": (one != two).any(axis=1),
            "used": (one["place"] == closed) | (one["first"] == closed),
            "km": world.km_between(closed, at),
            "persons": before.households.people(np.arange(len(one))),
        }
    )
    return lives[moved]


def draw(lives: dict[str, pd.DataFrame]) -> None:
    """The share of people who leave at another time or go elsewhere, by how far from the full camps they end up."""
    with style.looks():
        figure = style.new_figure(10.0, 5.4)
        axes = figure.add_axes((0.09, 0.17, 0.66, 0.6))
        for (name, table), colour in zip(lives.items(), COLOURS, strict=True):
            others = table[~table["used"]]
            ring = np.searchsorted(BEYOND_KM, others["km"], "right") - 1
            n = len(BEYOND_KM)
            all_ = np.bincount(ring, others["persons"], minlength=n)
            changed = np.bincount(ring, others["persons"] * others["changed"], minlength=n)
            share = 100 * changed / np.maximum(all_, 1)
            axes.step([*BEYOND_KM, 100], [*share, share[-1]], where="post", color=colour, lw=2, label=name)
        axes.set_xlim(0, 100)
        axes.set_ylim(0, None)
        axes.set_xlabel(
            "km from the full camps, as the crow flies, to where people live in the run as it was"
        )
        axes.set_ylabel("% of displaced people")
        style.faint_grid(axes, "y")
        axes.legend(loc="center left", bbox_to_anchor=(1.02, 0.5), fontsize=9)
        shipped = lives["as shipped"]
        rest = shipped[~shipped["used"]]
        share = (rest["persons"] * rest["changed"]).sum() / rest["persons"].sum()
        title = (
            f"Full camps in one place change the lives of {100 * share:.0f} % of those who never went there"
        )
        what = (
            "Displaced people who did not use the place and whose flight changed: when they left, where they went "
            "first, where and in what shelter they live, how often they moved. Idlib, 1 December 2019 to 27 January "
            "2020, population.scale=0.05, one seed."
        )
        foot = "Modelled, not observed. experiments/verification/ripples.py"
        style.write(figure, title, what, foot)
        style.save(figure, FIGURE)


def write(table: pd.DataFrame) -> None:
    """The table of docs/paired.md, between its marks."""
    lines = [
        "| what they do to one another | used it | changed | others | changed | median km | 90 % within, km |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    for row in table.itertuples():
        used, others = (
            f"{words.headline(float(n)):,.0f} | {100 * c / max(n, 1):.0f} %"
            for n, c in ((row.used, row.used_changed), (row.others, row.others_changed))
        )
        lines.append(f"| {row.what} | {used} | {others} | {row.median_km:.0f} | {row.p90_km:.0f} |")
    text = PAGE.read_text(encoding="utf-8")
    marked = f"<!-- ripples -->\n{chr(10).join(lines)}\n<!-- /ripples -->"
    PAGE.write_text(
        re.sub(r"<!-- ripples -->.*<!-- /ripples -->", lambda _: marked, text, flags=re.DOTALL),
        encoding="utf-8",
    )


if __name__ == "__main__":
    sys.exit(main())
