"""How a command says what it is and what it takes."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any


def command(
    commands: Any,
    name: str,
    meaning: str,
    function: Callable[[argparse.Namespace], int],
    free: str | None = None,
    example: str = "",
) -> argparse.ArgumentParser:
    """A parser for the command ``name``; ``function`` runs it and gives the exit code.

    ``free`` names the argument that takes any number of words, which may stand on both sides of an option.
    ``example`` is a command line, or several, shown below the help.
    """
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=meaning,
        description=f"{meaning[0].upper()}{meaning[1:]}.",
        epilog=f"example:\n  {example}" if example else None,
        formatter_class=argparse.RawDescriptionHelpFormatter if example else argparse.HelpFormatter,
        allow_abbrev=False,
    )
    parser.set_defaults(command=function, free=free)
    return parser


def takes_overrides(parser: argparse.ArgumentParser) -> None:
    """Let a command take NAME=VALUE and a folder of configurations."""
    parser.set_defaults(free="overrides")
    parser.add_argument(
        "overrides", nargs="*", metavar="NAME=VALUE", help="what to change, as days=3 border=open"
    )
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder with your experiment/NAME.yaml"
    )


def takes_edited(parser: argparse.ArgumentParser) -> None:
    """Let a command read runs whose tables were changed since; every product says so."""
    parser.add_argument(
        "--accept-edited", action="store_true", help="read edited tables all the same; every product says so"
    )


def takes_theme(parser: argparse.ArgumentParser) -> None:
    """Let a command draw on a dark ground."""
    parser.add_argument("--theme", choices=("light", "dark"), default="light", help="of the figures; light")
