"""``flightsim validate``: how far results agree with what was reported, beside baselines."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command, takes_edited
from flightsim.cli.terminal import DONE, say


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "validate", "score results against observations, beside baselines", _validate)
    parser.add_argument("results", type=Path, metavar="RESULTS", help="the folder of a run or of a sweep")
    parser.add_argument(
        "--observed",
        type=Path,
        metavar="FOLDER",
        help="a folder with observations.csv; the case's own if not given",
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="DIR",
        help="where tables and figures go; RESULTS/validation if not given",
    )
    parser.add_argument(
        "--scenario", metavar="NAME", help="the sweep's scenario to score; its baseline if not given"
    )
    parser.add_argument(
        "--drawn", type=Path, metavar="SWEEP",
        help="a sweep over events.known_until with events=goes_on: forecasts that do not know the events ahead",
    )  # fmt: skip
    parser.add_argument(
        "--what-if", action="store_true",
        help="score runs that leave what happened, too; every product says so at its top",
    )  # fmt: skip
    takes_edited(parser)


def _validate(arguments: argparse.Namespace) -> int:
    from flightsim.validation.validate import validate

    folder, text = validate(
        arguments.results,
        arguments.observed,
        arguments.output,
        arguments.scenario,
        arguments.drawn,
        arguments.what_if,
    )
    say(text)
    say(Path(os.path.realpath(folder)))
    return DONE
