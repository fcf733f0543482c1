"""``flightsim plan``: the planning-scenario table of a contingency plan, from the scenarios of a sweep."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited
from flightsim.cli.results_given import one_folder, settle, source
from flightsim.cli.terminal import DONE, say

MEANING = "write the table of planning scenarios: most likely, worst, best; caseload by month; triggers"


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "plan", MEANING, lambda arguments: _plan(arguments, parser), free="words")
    parser.add_argument(
        "words", nargs="*", metavar="RESULTS", help="the folder of a sweep of several scenarios"
    )
    parser.add_argument("--likely", metavar="NAME", help="the most likely scenario; the baseline")
    parser.add_argument(
        "--worst", metavar="NAME", help="the worst; the one with most people displaced, then most in the open"
    )
    parser.add_argument("--best", metavar="NAME", help="the best; the one with fewest")
    for kind in ("likelihood", "impact"):
        parser.add_argument(
            f"--{kind}",
            type=_graded,
            action="append",
            metavar="NAME=GRADE",
            help="your judgement of a scenario (or of likely, worst, best): low, medium or high; to be judged",
        )
    parser.add_argument("--to", type=Path, metavar="FOLDER", help="where to write; RESULTS/plan")
    takes_edited(parser)


def _plan(arguments: argparse.Namespace, parser: argparse.ArgumentParser) -> int:
    folder = one_folder(settle(arguments, parser, arguments.words))
    from flightsim import parameter
    from flightsim.brief import planning
    from flightsim.config.compose import jobs
    from flightsim.files.atomic import check_writable
    from flightsim.needs import study
    from flightsim.needs.planning import BEST, LIKELY, WORST
    from flightsim.scenario import PARTS

    target = arguments.to or folder / planning.NAME
    check_writable(target.parent)
    rows = parameter.table({group: list(types) for group, types in PARTS.items()})
    order = planning.Order(
        {LIKELY: arguments.likely, WORST: arguments.worst, BEST: arguments.best},
        _last(arguments.likelihood),
        _last(arguments.impact),
        jobs([])[0].config,
        {f"{row['group']}.{row['parameter']}": (row["meaning"], row["unit"]) for row in rows},
    )
    say(planning.write(planning.make(study.read(folder, source), order), target))
    say(os.path.realpath(target))
    return DONE


def _last(given: Iterable[tuple[str, str]] | None) -> dict[str, str]:
    return dict(given or ())


def _graded(text: str) -> tuple[str, str]:
    """A scenario's name, which may hold an equals sign itself, and a grade."""
    name, equals, grade = text.rpartition("=")
    if not equals or not name:
        raise argparse.ArgumentTypeError(f"{text!r}; expected NAME=low, NAME=medium or NAME=high")
    return name, grade
