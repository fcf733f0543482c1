"""``flightsim case``: make, fill and look at a case of one's own; a module a subcommand, each with ``register``."""

from __future__ import annotations

import argparse
from typing import Any

from flightsim.cli import case_check, case_export, case_ids, case_import, case_new
from flightsim.cli.arguments import command

SUBCOMMANDS = (case_new, case_check, case_ids, case_import, case_export)  # in the order of the help
EXAMPLE = "\n  ".join(
    (
        "flightsim case new mycountry",
        "flightsim case check mycountry",
        "flightsim run case=mycountry name=mine",
    )
)
MEANING = "make a case of your own: a folder of tables about another country or another time"


def register(commands: Any) -> None:
    """Add the command with its subcommands."""
    parser = command(commands, "case", MEANING, _unreached, example=EXAMPLE)
    subcommands = parser.add_subparsers(title="subcommands", metavar="SUBCOMMAND", required=True)
    for module in SUBCOMMANDS:
        module.register(subcommands)


def _unreached(arguments: argparse.Namespace) -> int:
    raise AssertionError("a subcommand is required")
