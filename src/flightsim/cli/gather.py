"""``flightsim gather``: shards of a sweep, made on several machines, as one sweep."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from flightsim.cli.arguments import command
from flightsim.cli.terminal import DONE, FAILED, note, say

MEANING = "join the shards of a sweep that were made on several machines, and check them"
EXAMPLE = """flightsim run experiment=border replicates=1000 shard=3/100 results=border   (on machine 3 of 100)
  flightsim gather border                                                      (once all folders are there)
  flightsim gather from_a from_b --output border"""


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "gather", MEANING, _gather, free="folders", example=EXAMPLE)
    parser.add_argument("folders", nargs="+", metavar="FOLDER", help="a shard, or a folder with shards in it")
    parser.add_argument("--output", type=Path, metavar="DIR", help="the whole sweep; the FOLDER if it is one")


def _gather(arguments: argparse.Namespace) -> int:
    """Join, say what is missing, and last the folder; 1 if a run is missing."""
    from flightsim.sweeps import gathering

    whole = gathering.gather([Path(folder) for folder in arguments.folders], arguments.output, tell=note)
    done = len(whole.done)
    say(
        f"{done} of {len(whole.runs)} runs are there. Modelled, not observed. Compare: flightsim compare {whole.path}"
    )
    say(os.path.realpath(whole.path))
    return DONE if done == len(whole.runs) else FAILED
