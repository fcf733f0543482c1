"""``flightsim triggers``: the chance that more than so many people arrive somewhere within so many days."""

from __future__ import annotations

import argparse
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited
from flightsim.cli.results_given import a_date, one_folder, positive, settle, source
from flightsim.cli.terminal import DONE, say

MEANING = "say how likely it is that more than so many people arrive somewhere within so many days"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "triggers", MEANING, lambda arguments: _triggers(arguments, parser), "words")
    parser.add_argument("words", nargs="*", metavar="RESULTS", help="the folder of a sweep")
    parser.add_argument(
        "--area", action="append", metavar="AREA", help="an area's name or P-code; again for more; all"
    )
    parser.add_argument(
        "--persons", type=positive, action="append", metavar="N", help="more than so many people; 10,000"
    )
    parser.add_argument("--within", type=_days, metavar="DAYS", help="windows, in days; 3,7,14,28")
    parser.add_argument(
        "--from", dest="start", type=a_date, metavar="DATE", help="first day; the runs' first"
    )
    parser.add_argument("--cost", type=positive, metavar="N", help="what it costs to act early in one area")
    parser.add_argument(
        "--loss", type=positive, metavar="N", help="what it costs if it happens and nobody acted"
    )
    parser.add_argument(
        "--issued", type=a_date, metavar="DATE", help="the day of the warning; the runs' first"
    )
    parser.add_argument("--scenario", metavar="NAME", help="only this scenario of a sweep")
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to write; RESULTS/triggers")
    takes_edited(parser)


def _triggers(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    from flightsim.files.atomic import check_writable
    from flightsim.needs import alarm, anticipation, study

    folder = one_folder(settle(arguments, parser, arguments.words))
    found = study.read(folder, source, arguments.scenario)
    target = arguments.to or folder / "triggers"
    check_writable(target.parent)
    asked = alarm.asked(found, arguments.area, arguments.persons, arguments.within, arguments.start)
    first = found.first.people.days[0]
    stake = anticipation.asked(arguments.cost, arguments.loss, arguments.issued, asked.start, first)
    say(alarm.write(found, replace(asked, stake=stake), target))
    say(os.path.realpath(target))
    return DONE


def _days(text: str) -> tuple[int, ...]:
    try:
        days = tuple(int(word) for word in text.split(","))
    except ValueError:
        days = (0,)
    if min(days) < 1:
        raise argparse.ArgumentTypeError(f"{text!r}; expected whole numbers of days such as 3,7,14")
    return days
