"""``flightsim case ids PATH [KIND]``: the ids of a case, which scenarios ask for, with their names."""

from __future__ import annotations

import argparse
import csv
import io
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say
from flightsim.errors import InputError, nearest

KINDS = ("areas", "places", "roads", "crossings", "hospitals", "sites")
MEANING = "list the ids of a case with their names, since scenarios ask for ids"
EXAMPLE = "flightsim case ids idlib hospitals | grep Maarrat"


def register(subcommands: Any) -> None:
    """Add the subcommand."""
    parser = command(subcommands, "ids", MEANING, _ids, example=EXAMPLE)
    parser.add_argument("case", metavar="PATH", help="the folder of the case, or the name of a shipped one")
    parser.add_argument(
        "kind", nargs="?", metavar="KIND",
        help=f"{', '.join(KINDS[:-1])} or {KINDS[-1]}; all, if left out; health centres stand with the hospitals",
    )  # fmt: skip
    parser.add_argument("--csv", action="store_true", help="with commas, for a spreadsheet")


def _ids(arguments: argparse.Namespace) -> int:
    from flightsim.case.ids import Named, ids
    from flightsim.case.reading import read_case
    from flightsim.case.summary import aligned
    from flightsim.files.spreadsheet import harmless

    if arguments.kind not in (None, *KINDS):
        hint = nearest(arguments.kind, KINDS)
        raise InputError(f"there are no ids of {arguments.kind!r}; expected {', '.join(KINDS)}{hint}")
    rows = [tuple(each) for each in ids(read_case(arguments.case), arguments.kind)]
    if arguments.csv:
        out = io.StringIO(newline="")
        csv.writer(out, lineterminator="\n").writerows([Named._fields, *(map(harmless, row) for row in rows)])
        say(out.getvalue(), end="")
    else:
        say("\n".join(aligned([Named._fields, *rows])))
    return DONE
