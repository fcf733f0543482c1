"""``flightsim case check PATH``: what is wrong with a case, what is odd, what it amounts to, and a map."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say
from flightsim.errors import InputError

if TYPE_CHECKING:
    from flightsim.case.reading import Case

MEANING = "say everything that is wrong or odd in a case, what it amounts to, and draw its map"


def register(subcommands: Any) -> None:
    """Add the subcommand."""
    parser = command(subcommands, "check", MEANING, _check, example="flightsim case check mycountry")
    parser.add_argument("case", metavar="PATH", help="the folder of the case, or the name of a shipped one")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="where the map goes, a PNG; here, as NAME_map.png"
    )


def _check(arguments: argparse.Namespace) -> int:
    """Done if the case can be run, with notes or without; otherwise InputError with all that is wrong."""
    from flightsim.case.checking import check
    from flightsim.case.summary import summary

    found = check(arguments.case)
    notes = [f"Note: {each}." for each in found.notes]
    if found.case is None:
        if notes:
            say("\n".join(notes))
        raise InputError(found.errors)
    path = _map_of(found.case, arguments.out)
    say("\n".join([*summary(found.case), "", *(notes or ["Nothing is odd."])]))
    say(f"The map: {path}")
    return DONE


def _map_of(case: Case, out: Path | None) -> Path:
    """Draw the map of a case; where it is."""
    from flightsim.files.atomic import write_bytes
    from flightsim.plots import case_map, style

    name = f"{case.folder.resolve().name}_map.png"
    path = out / name if out and out.is_dir() else out or Path(name)
    if path.suffix.lower() != ".png":
        raise InputError(f"--out {path}: expected a name that ends in .png, or a folder that is there")
    with style.looks():
        write_bytes(path, style.as_png(case_map.draw(case.world)))
    return path
