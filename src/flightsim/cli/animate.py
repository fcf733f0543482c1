"""``flightsim animate``: the flight day by day as a moving picture."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited, takes_theme
from flightsim.cli.results_given import one_folder, positive, settle, source
from flightsim.cli.terminal import DONE, note, progress_bar, say

MEANING = "draw a run day by day as a moving picture, small enough to mail (GIF; MP4 with ffmpeg)"
LARGE_BYTES = 5_000_000  # what many mail servers still take with ease


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "animate", MEANING, lambda arguments: _animate(arguments, parser), "words")
    parser.add_argument(
        "words", nargs="*", metavar="RESULTS", help="a run, or a sweep, of which the middle run is drawn"
    )
    parser.add_argument(
        "--to", type=Path, metavar="FILE", help="NAME.gif or NAME.mp4; RESULTS/figures/flight.gif"
    )
    parser.add_argument("--days-a-second", type=positive, default=6.0, metavar="N", help="how fast; 6")
    takes_theme(parser)
    takes_edited(parser)


def _animate(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from flightsim import results
    from flightsim.files.atomic import check_writable
    from flightsim.plots import animation, colours
    from flightsim.results import sweeps

    folder = one_folder(settle(arguments, parser, arguments.words))
    path = folder
    if sweeps.is_sweep(folder):
        path, told = _middle(folder)
        say(told)
    run = results.load(path)
    if run.warning:
        note(run.warning)
    run.check_tables(*animation.TABLES)
    world, _ = source(run.config)
    target = arguments.to or folder / "figures" / "flight.gif"
    check_writable(target.parent)
    target.parent.mkdir(parents=True, exist_ok=True)
    with colours.theme(arguments.theme), progress_bar("drawing") as progress:
        animation.write(run, world, target, arguments.days_a_second, progress)
    size = target.stat().st_size
    say(f"{len(run.days)} days, {size / 1e6:.1f} MB. Modelled, not observed.")
    if size > LARGE_BYTES:
        note(f"larger than {LARGE_BYTES / 1e6:g} MB: fewer days in the run, or NAME.mp4, make it smaller")
    say(os.path.realpath(target))
    return DONE


def _middle(folder: Path) -> tuple[Path, str]:
    """Of a sweep's first scenario the run with the middle number of people displaced, and a sentence that says so."""
    from flightsim import words
    from flightsim.errors import InputError
    from flightsim.results import outcomes, sweeps

    sweep = sweeps.read_one(folder)
    there = [name for name in sweep.scenarios if (sweep.done["scenario"] == name).any()]
    if not there:
        raise InputError(f"{folder} has no finished run yet")
    name = sweep.baseline if sweep.baseline in there else there[0]
    paths = list(dict.fromkeys(sweep.done.loc[sweep.done["scenario"] == name, "path"]))
    wanted = "displaced_persons"
    ordered = sorted(paths, key=lambda path: (outcomes.of_run(path, [wanted])[wanted], path.name))
    chosen = ordered[len(ordered) // 2]
    many = words.counted(len(paths), "run")
    return chosen, f"Drawn is the middle of {many} of “{name}” by people displaced: {chosen.name}."
