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
    parser.add_argument("words", nargs="*", metavar="RESULTS", help="the folder of a run")
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

    folder = one_folder(settle(arguments, parser, arguments.words))
    run = results.load(folder)
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
