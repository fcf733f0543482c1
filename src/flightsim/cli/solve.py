"""``flightsim solve``: the value of one lever at which an outcome meets a target."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.cli.arguments import command, takes_overrides, takes_theme
from flightsim.cli.terminal import DONE, FAILED, progress_bar, say

if TYPE_CHECKING:
    from flightsim.sweeps.batch import Run
    from flightsim.sweeps.executors import Where

MEANING = "find the value of one lever at which an outcome, as a mean over runs, meets a target"
EXAMPLES = """\
One word is the lever and its range, NAME=LOW..HIGH: any number of the configuration but the seed. Beside the usual
NAME=VALUE there are
  target=NUMBER      what the mean over replicates is to be (needed)
  outcome=NAME       of which outcome (additional_displaced_persons)
  tolerance=SHARE    how near is near enough, as a share of the target (0.05)
  replicates=N       runs at each value, with the same random seeds at every value (8)

  flightsim solve hazard.strength=0..4 target=500000 population.scale=0.1
  flightsim solve days=7..98 target=500000 outcome=displaced_persons replicates=20

Exit code: 0 solved; 1 the range does not reach the target, or a run failed; 2 refused. The same command again runs
only what is missing.
"""


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "solve", MEANING, _solve)
    takes_overrides(parser)
    takes_theme(parser)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES


def _solve(arguments: argparse.Namespace) -> int:
    """Check the question, search, write the answer and say it; the last line is the folder."""
    from flightsim.plots import colours
    from flightsim.solve.task import RunsFailed, task

    words = ["flightsim", "solve", *arguments.overrides]
    if arguments.config_dir is not None:
        words += ["--config-dir", str(arguments.config_dir)]
    asked = task(arguments.overrides, arguments.config_dir, words)
    try:
        found = asked.solve(partial(_execute, asked.plan.where))
    except RunsFailed as failed:
        print(f"flightsim: {failed}", file=sys.stderr)
        return FAILED
    with colours.theme(arguments.theme):
        folder = asked.write(found)
    say("\n".join(found.lines()))
    say(os.path.realpath(folder))
    return DONE if found.is_solved else FAILED


def _execute(where: Where, value: str, configs: Sequence[Mapping[str, Any]], folder: Path) -> list[Run]:
    """Make the runs of one value, with a bar."""
    from flightsim.sweeps import batch

    with progress_bar(value) as progress:
        return batch.run_configs(
            configs,
            folder,
            workers=where.workers,
            executor=where.executor,
            progress=lambda done, _failed, n: progress(done, n),
        )
