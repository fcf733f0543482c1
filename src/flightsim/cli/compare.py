"""``flightsim compare``: the scenarios of a sweep side by side."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited, takes_theme
from flightsim.cli.terminal import DONE, progress_bar, say

MEANING = "compare the scenarios of a sweep, run by run: findings, figures and tables"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "compare", MEANING, _compare, free="folders")
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="a sweep, or several, or plain runs")
    parser.add_argument("--baseline", metavar="NAME", help="the scenario that the others are compared with")
    parser.add_argument("--at-least", type=float, metavar="N", help="tell the chance of N displaced or more")
    parser.add_argument(
        "--output", type=Path, metavar="DIR", help="where to write, instead of FOLDER/comparison"
    )
    takes_theme(parser)
    takes_edited(parser)


def _compare(arguments: argparse.Namespace) -> int:
    """Compare, print what was found, and last the folder."""
    from flightsim.comparison.folder import compare
    from flightsim.plots import colours

    with colours.theme(arguments.theme), progress_bar("reading") as progress:
        found = compare(
            arguments.folders, arguments.baseline, arguments.output, _roles(), arguments.at_least, progress
        )
    say("\n".join(found.findings))
    say(os.path.realpath(found.path))
    return DONE


def _roles() -> dict[str, str]:
    """Whether each parameter is ours to choose, as ``border.policy``."""
    from flightsim.parameter import table
    from flightsim.scenario import PARTS

    rows = table({group: list(types) for group, types in PARTS.items()})
    return {f"{row['group']}.{row['parameter']}": row["role"] for row in rows}
