"""``flightsim parameters``: every number that can be changed."""

from __future__ import annotations

import argparse
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(
        commands, "parameters", "list every parameter: default, unit, bounds, source", _parameters
    )
    parser.add_argument("--markdown", action="store_true", help="as the page docs/parameters.md")


def _parameters(arguments: argparse.Namespace) -> int:
    from flightsim.parameter import as_page, table
    from flightsim.scenario import PARTS

    part = None
    own = {group: [t for t in types if t.__base__ not in types] for group, types in PARTS.items()}
    if arguments.markdown:
        say(as_page(own), end="")
        return DONE
    for row in table(own):  # a null that inherits its parameters needs no second list
        if part != (part := (row["group"], row["part"])):
            say(f"\n{row['group']} ({row['part']})")
        name = f"{row['group']}.{row['parameter']}={row['default']}"
        say(f"  {name:<44} {row['unit']}  [{row['bounds']}]  {row['role']}")
        say(f"      {row['meaning']}. Source: {row['source']}")
    return DONE
