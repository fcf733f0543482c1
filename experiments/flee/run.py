"""Do people in Flee's conflicts go where the model says, better than Flee, than a split by capacity, than gravity?

    python experiments/flee/run.py FOLDER...                    a folder of Flee's for each conflict; a minute
    python experiments/flee/run.py FOLDER... --grid             other numbers too, and each conflict by the others' best

Each folder becomes a case as with `flightsim case import flee`, is run as `experiment=flee` over some seeds, and scored
camp by camp as Flee scores it (`validation.scores.camps`). One set of numbers for all conflicts. The table is printed,
and written into README.md beside this script between ``<!-- table -->`` and ``<!-- /table -->``.
"""

from __future__ import annotations

import argparse
import itertools
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import flightsim as fs
from flightsim.case.importing.flee import building, folder
from flightsim.case.importing.report import Report
from flightsim.cli import main as command
from flightsim.validation.scores.camps import Camps
from flightsim.validation.scores.counts import MODEL
from flightsim.validation.scores.ground import Ground
from flightsim.world import Floats

HERE = Path(__file__).resolve().parent
SHIPPED, BEST = "Flee 3, its shipped settings", "Flee, best of five settings"
FLEE = {  # rescaled ARD over the full length, measured by running Flee 3 on the same folders
    "burundi2015": (0.55, 0.44),
    "car2013": (0.44, 0.37),
    "mali2012": (0.37, 0.29),
    "tigray2020": (0.45, 0.36),
}
NO_FRONT = pd.DataFrame({"place_id": [], "date": [], "holder": []})  # nobody takes places in Flee
GRID = {
    "behaviour.room": (1.0, 1.4, 2.0),
    "behaviour.distance_exponent": (0.0, 0.5),
    "behaviour.ample_room_persons": (5_000, 20_000),
}
NULLS = {
    "room pulls nobody, but a camp must have some": ("behaviour.room=0.001",),
    "room without end: no levelling off": ("behaviour.ample_room_persons=1e6",),
    "distance does not matter": ("behaviour.distance_exponent=0",),
    "distance as in Idlib": ("behaviour.distance_exponent=1",),
}


@dataclass(frozen=True)
class Conflict:
    """A conflict of Flee's, and the case made of it."""

    name: str
    flee: folder.Folder
    case: Path

    def camps(self, seeds: int, scale: float, *overrides: str) -> Camps:
        """People in each camp by day, counted and in a run of each seed."""
        names = [each.name for each in self.flee.camps if each.name in self.flee.counts.names]
        counted = np.column_stack([self.flee.counts.of(name) for name in names]).astype(float)
        runs = [self._run(names, seed, scale, *overrides) for seed in range(1, seeds + 1)]
        sim = fs.simulation("experiment=flee", f"case={self.case}")
        return Camps(
            tuple(building.as_id(name) for name in names),
            counted,
            np.stack(runs),
            Ground(sim.world, NO_FRONT),
        )

    def _run(self, names: Sequence[str], seed: int, scale: float, *overrides: str) -> Floats:
        """(days, camps) everybody present in a camp at the end of each day."""
        sim = fs.simulation(
            "experiment=flee", f"case={self.case}", f"seed={seed}", f"population.scale={scale}", *overrides
        )
        rows = [sim.world.places.place_id.index(building.as_id(name)) for name in names]
        found = np.zeros((self.flee.days, len(rows)))
        for day in range(self.flee.days):
            sim.step()
            found[day] = sim.present_persons[rows]
        return found


def conflicts(folders: Sequence[Path], into: Path) -> list[Conflict]:
    """A case of each folder."""
    made = []
    for each in folders:
        case = into / each.name
        if command(["case", "import", "flee", str(each), "--into", str(case)]):
            raise SystemExit(2)
        made.append(Conflict(each.name, folder.read(each, Report()), case))
    return made


def table(all_: list[Conflict], seeds: int, scale: float) -> str:
    """Rescaled ARD by conflict: Flee, splits that are given each day's total, and the model with its plain ARD."""
    names = [SHIPPED, BEST, "capacity split", "gravity split", MODEL, f"{MODEL}, ARD not rescaled"]
    columns: list[list[float]] = []
    for each in all_:
        scores = each.camps(seeds, scale).table.set_index("forecaster")
        columns.append(
            [
                *FLEE.get(each.name, (np.nan, np.nan)),
                *(float(scores["rescaled_ard"].get(name, np.nan)) for name in names[2:5]),
                float(scores["ard"][MODEL]),
            ]
        )
    lines = [f"| | {' | '.join(c.name for c in all_)} | mean |", f"|---|{'---|' * (len(all_) + 1)}"]
    for row, name in enumerate(names):
        values = [column[row] for column in columns]
        cells = ["–" if np.isnan(v) else f"{v:.2f}" for v in [*values, float(np.mean(values))]]
        label = "**flightsim**" if name == MODEL else name.replace(MODEL, "flightsim")
        lines.append(f"| {label} | {' | '.join(cells)} |")
    return "\n".join(lines)


def rescaled(all_: list[Conflict], seeds: int, scale: float, *overrides: str) -> Floats:
    """(conflicts,) rescaled ARD of the model."""
    tables = [each.camps(seeds, scale, *overrides).table.set_index("forecaster") for each in all_]
    return np.array([float(found["rescaled_ard"][MODEL]) for found in tables])


def others(all_: list[Conflict], scale: float) -> str:
    """What each mechanism does, and the numbers that the other conflicts would have chosen, by conflict."""
    head = f"| | {' | '.join(c.name for c in all_)} | mean |\n|---|{'---|' * (len(all_) + 1)}"
    lines = [head]
    for name, overrides in NULLS.items():
        found = rescaled(all_, 1, scale, *overrides)
        lines.append(f"| {name} | {' | '.join(f'{v:.2f}' for v in found)} | {found.mean():.2f} |")
    sets = [dict(zip(GRID, values, strict=True)) for values in itertools.product(*GRID.values())]
    scores = np.array([rescaled(all_, 1, scale, *(f"{k}={v}" for k, v in one.items())) for one in sets])
    left_out = []
    for column in range(len(all_)):
        chosen = int(np.delete(scores, column, axis=1).mean(axis=1).argmin())
        left_out.append(scores[chosen, column])
    cells = " | ".join(f"{v:.2f}" for v in left_out)
    lines.append(f"| numbers fitted to the other conflicts | {cells} | {np.mean(left_out):.2f} |")
    means = scores.mean(axis=1)
    text = (
        f"\n\nOver the {len(sets)} sets of numbers of the grid the mean lies between {means.min():.2f} and "
        f"{means.max():.2f}; {int((means <= 0.25).sum())} of them are at 0.25 or below."
    )
    return "\n".join(lines) + text


def main(arguments: Sequence[str] | None = None) -> None:
    """Run, print, and write the tables into the README beside this script."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+", type=Path, metavar="FOLDER")
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--scale", type=float, default=0.1, help="share of households")
    parser.add_argument("--grid", action="store_true")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as into:
        all_ = conflicts(asked.folders, Path(into))
        found = {"table": table(all_, asked.seeds, asked.scale)}
        if asked.grid:
            found["grid"] = others(all_, asked.scale)
    page = HERE / "README.md"
    text = page.read_text(encoding="utf-8")
    for name, block in found.items():
        print(f"\n{block}")
        begin, end = f"<!-- {name} -->", f"<!-- /{name} -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}\n{block}\n{end}{rest.partition(end)[2]}"
    page.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
