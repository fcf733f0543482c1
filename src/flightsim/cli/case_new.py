"""``flightsim case new NAME``: a folder with a small invented case, to be filled with one's own rows."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say
from flightsim.errors import InputError

MEANING = "make a folder that runs at once: every table with example rows, and a README.md that explains them"


def register(subcommands: Any) -> None:
    """Add the subcommand."""
    parser = command(subcommands, "new", MEANING, _new, example="flightsim case new mycountry")
    parser.add_argument(
        "folder", metavar="NAME", type=Path, help="the folder to make; its name is the case's"
    )


def _new(arguments: argparse.Namespace) -> int:
    from flightsim.case.starting import new_case
    from flightsim.files.atomic import plain_errors, whole_folder

    folder: Path = arguments.folder
    _check(folder)
    files = new_case(folder.name, shlex.quote(str(folder)))
    if folder.is_dir():  # and empty
        with plain_errors(folder):
            folder.rmdir()
    with whole_folder(folder) as unfinished, plain_errors(folder):
        for name, text in files.items():
            (unfinished / name).write_text(text, encoding="utf-8", newline="\n")
    asked = shlex.quote(f"case={folder}")
    say(f"{folder} is there, with {len(files)} files; its README.md explains them.")
    say(f"It runs as it is:  flightsim run {asked} name=mine")
    say(f"After each change: flightsim case check {shlex.quote(str(folder))}")
    return DONE


def _check(folder: Path) -> None:
    """The name can be a case's, and nothing is in the way; InputError if not."""
    from flightsim.case.reading import shipped_cases
    from flightsim.files.atomic import can_be_folder, plain_errors

    if not can_be_folder(folder.name):
        raise InputError(f"{str(folder)!r} cannot be the name of a case; expected a name such as mycountry")
    if str(folder) in shipped_cases():
        raise InputError(f"{folder} is the name of a shipped case; choose another, or write ./{folder}")
    with plain_errors(folder):
        if folder.is_dir():
            if any(folder.iterdir()):
                raise InputError(f"{folder} is there and not empty; choose another name, nothing was written")
        elif folder.exists():
            raise InputError(f"{folder} is a file; choose another name, nothing was written")
