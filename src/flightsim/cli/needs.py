"""``flightsim needs``: what the people of a run or a sweep need, what is short from when, what it costs."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited, takes_theme
from flightsim.cli.results_given import one_folder, positive, settle, source, takes_plan
from flightsim.cli.terminal import DONE, say

MEANING = "say what people need, what is short from when, and what it costs, from results"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "needs", MEANING, lambda arguments: _needs(arguments, parser), free="words")
    parser.add_argument("words", nargs="*", metavar="RESULTS", help="the folder of a run or a sweep")
    takes_plan(parser)
    parser.add_argument(
        "--stocks",
        type=Path,
        metavar="FILE",
        help="what is in warehouses and on its way, by item and date (CSV)",
    )
    parser.add_argument(
        "--3w",
        dest="who_what_where",
        type=Path,
        metavar="FILE",
        help="who does what where, people reached (CSV)",
    )
    parser.add_argument("--funding", type=positive, metavar="USD", help="money there is")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to write; RESULTS/needs")
    takes_theme(parser)
    parser.add_argument("--show-standards", action="store_true", help="print the standards, to edit a copy")
    takes_edited(parser)


def _needs(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from flightsim.files.atomic import check_writable
    from flightsim.needs import standards

    words = settle(arguments, parser, arguments.words)
    if arguments.show_standards:
        say(standards.text(), end="")
        return DONE
    folder = one_folder(words)
    chosen = standards.read(arguments.standards)  # what the user wrote is checked before runs are read
    from flightsim.needs import report, study, tables
    from flightsim.plots import colours

    found = study.read(folder, source, arguments.scenario)
    target = arguments.to or folder / "needs"
    check_writable(target.parent)
    asked = tables.Asked(
        chosen,
        arguments.capacity,
        arguments.funding,
        arguments.months,
        arguments.stocks,
        arguments.who_what_where,
    )
    with colours.theme(arguments.theme):
        told = report.write(tables.reckon(found, asked), target, "flightsim " + " ".join(sys.argv[1:]))
    for warning in chosen.warnings:
        print(f"flightsim: {warning}", file=sys.stderr)
    say(told)
    say(os.path.realpath(target))
    return DONE
