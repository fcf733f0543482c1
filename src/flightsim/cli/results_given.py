"""What the commands that read results share: settings written as NAME=VALUE too, and what a run was run on."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.errors import InputError

if TYPE_CHECKING:
    from flightsim.events import Event
    from flightsim.world import World


def source(config: Mapping[str, Any]) -> tuple[World, Callable[[], Sequence[Event]]]:
    """The world that a configuration runs on, and its events when they are asked for."""
    from flightsim.scenario import from_config

    scenario = from_config(config)
    return scenario.world, lambda: scenario.events


def settle(arguments: argparse.Namespace, parser: argparse.ArgumentParser, words: Sequence[str]) -> list[str]:
    """Take NAME=VALUE for ``--name VALUE`` where there is such an option; the words that are left."""
    left, options = [], []
    known = {name for action in parser._actions for name in action.option_strings}
    for word in words:
        name, is_setting, value = word.partition("=")
        option = "--" + name.replace("_", "-")
        if is_setting and option in known:
            options += [option, value]
        else:
            left.append(word)
    if options:
        parser.parse_args(options, namespace=arguments)
    return left


def takes_plan(parser: argparse.ArgumentParser) -> None:
    """Give a command the options that say what needs are reckoned with."""
    parser.add_argument("--standards", type=Path, metavar="FILE", help="your own planning standards (YAML)")
    parser.add_argument("--capacity", type=Path, metavar="FILE", help="what there is by area and need (CSV)")
    parser.add_argument(
        "--months", type=positive, default=6.0, metavar="N", help="of the plan after the run; 6"
    )
    parser.add_argument("--scenario", metavar="NAME", help="only this scenario of a sweep")


def one_folder(words: Sequence[str]) -> Path:
    """The one folder of results that a command reads; InputError if none or several are named."""
    if len(words) != 1:
        given = f"{len(words)} were given: {' '.join(words)}" if words else "none was given"
        raise InputError(f"expected one folder, of a run or a sweep; {given}")
    return Path(words[0])


def positive(text: str) -> float:
    """A number above 0, for argparse."""
    try:
        value = float(text.replace("_", ""))
    except ValueError:
        value = float("nan")
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r}; expected a number above 0")
    return value


def a_date(text: str) -> date:
    """A date, for argparse."""
    from flightsim.clock import as_date

    found = as_date(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"{text!r}; expected a date such as 2019-12-20")
    return found
