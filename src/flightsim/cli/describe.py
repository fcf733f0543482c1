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
    """Describe the scenario; of an experiment with several the first, and how the others differ from it."""
    from flightsim.scenario import from_config
    from flightsim.sweeps import plan

    asked = plan.make(arguments.overrides, config_dir=arguments.config_dir)
    first, *others = ((job, from_config(job.config).describe().splitlines()) for job in asked.jobs)
    if asked.is_single:
        say("\n".join(first[1]))
        return DONE
    each = "as many replicates as needed" if asked.replicates is None else f"{asked.replicates} of each"
    n = len(asked.jobs)
    compared = f"; compared with {asked.baseline}" if n > 1 else ""
    say(f"{asked.name}: {n} {'scenarios' if n > 1 else 'scenario'}, {each}{compared}.")
    drawn = asked.draws.drawn if asked.draws else {}
    if drawn:
        say(f"{len(drawn)} parameters are drawn anew for each replicate: {', '.join(drawn)}.")
    for job, lines in (first, *others):
        own = [line for line in lines if not line.startswith("Results would go to ")]
        say(f"\n{job.label}: {_changes(job.lines, asked.jobs)}")
        told = own if job is first[0] else [f"  {line}" for line in own if line not in first[1]]
        if told:
            say("\n".join(told))
    return DONE


def _changes(lines: tuple[str, ...], jobs: Any) -> str:
    """What a scenario sets that the others do not all set as well; of one alone, all that is about the world."""
    alone = {line for line in lines if line.startswith(("experiment=", "scenario=", "results="))}
    shared = set.intersection(*(set(job.lines) for job in jobs)) if len(jobs) > 1 else alone
    own = [line for line in lines if line not in shared]
    return " ".join(own) if own else "nothing is changed"
