"""``flightsim brief``: two pages for those who decide, as one HTML file."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited
from flightsim.cli.results_given import a_date, one_folder, positive, settle, source, takes_plan
from flightsim.cli.terminal import DONE, say

MEANING = "write a brief of two pages as one HTML file, in English, Arabic or another language"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "brief", MEANING, lambda arguments: _brief(arguments, parser), free="words")
    parser.add_argument(
        "words", nargs="*", metavar="RESULTS", help="the folder of a run, a sweep or a comparison"
    )
    parser.add_argument(
        "--language", default="en", metavar="LANG", help="en, ar, en,ar, or a file of texts (YAML)"
    )
    parser.add_argument(
        "--question", metavar="TEXT", help="the question that the brief answers, in its language"
    )
    parser.add_argument(
        "--persons", type=positive, metavar="N", help="the chance of more than so many arrivals"
    )
    parser.add_argument("--from", dest="start", type=a_date, metavar="DATE", help="first day of that chance")
    parser.add_argument("--boundaries", metavar="FILE", help="official outlines (GeoJSON), joined by P-code")
    takes_plan(parser)
    parser.add_argument("--to", type=Path, metavar="FILE", help="where to write; RESULTS/brief.html")
    takes_edited(parser)


def _brief(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folder = one_folder(settle(arguments, parser, arguments.words))
    from flightsim.brief import language

    languages = [language.read(name.strip()) for name in arguments.language.split(",")]
    from flightsim.brief import page, subject
    from flightsim.config.compose import jobs
    from flightsim.files.atomic import check_writable
    from flightsim.needs import standards, tables

    chosen = standards.read(arguments.standards)
    target = arguments.to or folder
    order = subject.Order(
        arguments.question, arguments.scenario, arguments.boundaries, arguments.persons, arguments.start,
        jobs([])[0].config,
    )  # fmt: skip
    asked = tables.Asked(chosen, arguments.capacity, None, arguments.months)
    found = subject.read(folder, source, asked, order)
    check_writable(page.folder_of(target))
    for warning in chosen.warnings:
        print(f"flightsim: {warning}", file=sys.stderr)
    for path in page.write(found, languages, target):
        say(os.path.realpath(path))
    return DONE
