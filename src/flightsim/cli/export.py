"""``flightsim export``: results in the formats that planners' tools read, counts of people rounded."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited, takes_theme
from flightsim.cli.results_given import one_folder, positive, settle, source, takes_plan
from flightsim.cli.terminal import DONE, say

MEANING = "write results as CSV, HXL, Excel, GeoPackage and figures for others, counts of people rounded"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "export", MEANING, lambda arguments: _export(arguments, parser), free="words")
    parser.add_argument(
        "words", nargs="*", metavar="RESULTS [FORMAT ...]",
        help="the folder of a run or a sweep; then csv hxl parquet xlsx geojson gpkg png svg (all)",
    )  # fmt: skip
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to write; RESULTS/export")
    parser.add_argument("--boundaries", metavar="FILE", help="official outlines, joined by P-code")
    takes_plan(parser)
    parser.add_argument("--funding", type=positive, metavar="USD", help="money there is")
    takes_theme(parser)
    parser.add_argument(
        "--not-for-sharing", action="append", default=[], metavar="TABLE",
        help="also this fine table (households, roads, measures …), unprotected; this is logged",
    )  # fmt: skip
    takes_edited(parser)


def _export(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from flightsim.files.atomic import check_writable
    from flightsim.needs import standards

    words = settle(arguments, parser, arguments.words)
    results = one_folder(words[:1])
    asked_by = "flightsim " + " ".join(sys.argv[1:])
    from flightsim.export import folder

    wanted = folder.order(words[1:], arguments.boundaries, arguments.not_for_sharing, asked_by)
    chosen = standards.read(arguments.standards)
    from flightsim.needs import study, tables
    from flightsim.plots import colours

    found = study.read(results, source, arguments.scenario)
    target = arguments.to or results / "export"
    check_writable(target.parent)
    asked = tables.Asked(chosen, arguments.capacity, arguments.funding, arguments.months)
    with colours.theme(arguments.theme):
        lines = folder.write(tables.reckon(found, asked), wanted, target)
    for line in lines:
        say(line)
    say(os.path.realpath(target))
    return DONE
