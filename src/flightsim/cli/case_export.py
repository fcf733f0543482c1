"""``flightsim case export flee CASE --into FOLDER``: a case as a Flee folder."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say
from flightsim.errors import InputError

MEANING = "write a case in the format of another model, so that others can run our world in theirs"
FLEE_MEANING = "a Flee folder with input_csv and source_data; what Flee cannot say is left out (docs/flee.md)"
EXAMPLE = "flightsim case export flee idlib --into idlib_flee"


def register(subcommands: Any) -> None:
    """Add the subcommand, with one of its own for each format."""
    parser = command(subcommands, "export", MEANING, lambda arguments: _export(arguments), example=EXAMPLE)
    formats = parser.add_subparsers(title="formats", metavar="FORMAT", required=True)
    flee = command(formats, "flee", FLEE_MEANING, _export, example=EXAMPLE)
    flee.add_argument("case", metavar="CASE", help="the folder of the case, or the name of a shipped one")
    flee.add_argument("--into", required=True, metavar="FOLDER", type=Path, help="a new folder")


def _export(arguments: argparse.Namespace) -> int:
    from flightsim.case.reading import read_case
    from flightsim.case.to_flee import folder_texts
    from flightsim.files.atomic import check_writable, plain_errors, whole_folder, write_text

    case, into = read_case(arguments.case), arguments.into
    if into.exists():
        raise InputError(f"{into} is there already; expected the name of a new folder")
    check_writable(into.parent)
    texts = folder_texts(case)
    with whole_folder(into) as inside, plain_errors(into):
        for name, text in texts.items():
            (inside / name).parent.mkdir(exist_ok=True)
            write_text(inside / name, text)
    say(f"written into {into}: {', '.join(texts)}")
    return DONE
