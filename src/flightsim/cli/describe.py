"""``flightsim describe``: what this world and scenario is."""

from __future__ import annotations

import argparse
from typing import Any

from flightsim.cli.arguments import command, takes_overrides
from flightsim.cli.terminal import DONE, say


def register(commands: Any) -> None:
    """Add the command."""
    takes_overrides(command(commands, "describe", "say what a scenario amounts to, without a run", _describe))


def _describe(arguments: argparse.Namespace) -> int:
    from flightsim import compose
    from flightsim.scenario import from_config

    (job,) = compose.jobs(arguments.overrides, config_dir=arguments.config_dir)
    say(from_config(job.config).describe())
    return DONE
