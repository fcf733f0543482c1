"""``flightsim cases``: what is shipped."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, say


def register(commands: Any) -> None:
    """Add the command."""
    command(commands, "cases", "list the cases and experiments that are shipped", _cases)


def _cases(arguments: argparse.Namespace) -> int:
    import yaml

    from flightsim.case.reading import shipped_cases
    from flightsim.config import compose

    say("cases (case=NAME):")
    for name, folder in shipped_cases().items():
        case = yaml.safe_load((folder / "manifest.yaml").read_text(encoding="utf-8"))
        say(f"  {name:<16} {case['title']}, {case['start']} to {case['end']}")
    say("experiments (experiment=NAME):")
    for name, file in compose.experiments().items():
        say(f"  {name:<16} {_headline(file)}")
    return DONE


def _headline(experiment: Path) -> str:
    """What an experiment asks: the first comment of its file that is neither its package nor its command."""
    comments = [
        line.lstrip("# ") for line in experiment.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]
    return next((text for text in comments if not text.startswith(("@package", "flightsim "))), "")
