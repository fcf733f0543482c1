"""The command line: a module a command, each with ``register(commands)``.

The commands find the configuration (``flightsim.config.compose``), hand it to the modules below and print what comes
back. Everything heavy is imported where it is used, so that ``flightsim --help`` answers at once.

Of ``run``, the last line on standard output is always the path of a results folder; all else that is not the
result goes to standard error. Exit codes: 0 done, 1 a run failed, 2 refused (bad input, no room, no
permission), 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from flightsim import __version__
from flightsim.cli import (
    animate,
    brief,
    case,
    cases,
    compare,
    describe,
    explore,
    export,
    gather,
    needs,
    parameters,
    plan,
    run,
    solve,
    triggers,
    validate,
)
from flightsim.cli.terminal import (
    OutputLost,
    answering_signals,
    end_without_output,
    give_up_errors,
    note,
    tell,
)
from flightsim.errors import nearest

COMMANDS = (
    run,
    gather,
    compare,
    validate,
    solve,
    needs,
    triggers,
    animate,
    export,
    brief,
    plan,
    explore,
    describe,
    cases,
    case,
    parameters,
)  # in the order of the help

EVERYDAY = """\
everyday commands:
  flightsim describe                                  what world and scenario is this?
  flightsim run                                       Idlib, 1 December 2019 to 8 March 2020
  flightsim run population.scale=0.1                  a quick look: a household stands for ten
  flightsim run experiment=toy days=14 seed=2         a dozen places for learning; another length and seed
  flightsim run experiment=border replicates=20       a sweep: its scenarios, 20 runs of each, each with its own seed
  flightsim run -m border=closed,open replicates=20   the same of one's own; the same command again goes on
  flightsim compare results/border                    its scenarios side by side: findings, figures, tables
  flightsim validate results/idlib_dec2019            beside what was reported, and beside naive baselines
  flightsim run from=results/border on=2020-01-20     a sweep, going on from what was counted by that day
  flightsim brief results/border --language en,ar     two pages for those who decide, in one HTML file
  flightsim plan results/border                       most likely, worst, best: the table of a contingency plan
  flightsim case new mycountry                        a case of your own: a folder of tables that runs at once
  flightsim run experiment=mine --config-dir DIR      your own DIR/experiment/mine.yaml

Change anything with NAME=VALUE; `flightsim parameters` lists the names. Results are modelled, not observed.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """The console script: run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    if sys.stderr is None:
        give_up_errors()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # Arabic names on a terminal that cannot show them
    with answering_signals():
        try:
            arguments = _arguments(words)
            return _run(arguments)
        except OutputLost as lost:
            return end_without_output(lost)
        except (KeyboardInterrupt, Exception) as error:
            return tell(error)


def _run(arguments: argparse.Namespace) -> int:
    """Run the command, on edited tables too if that is asked for; the exit code."""
    if not getattr(arguments, "accept_edited", False):
        return int(arguments.command(arguments))
    from flightsim.results import trust  # pandas takes a second

    with trust.accepting():
        code = int(arguments.command(arguments))
        for said in trust.notes():
            note(said)
        return code


def _arguments(words: list[str]) -> argparse.Namespace:
    """What was asked; SystemExit with code 2 and a line of help if it cannot be understood."""
    parser = argparse.ArgumentParser(
        prog="flightsim",
        description="Who flees, when, by which road, where to, and what they find there.",
        epilog=EVERYDAY,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"flightsim {__version__}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)

    for module in COMMANDS:
        module.register(commands)

    if words and not words[0].startswith("-") and words[0] not in commands.choices:
        parser.error(
            f"there is no command '{words[0]}'{nearest(words[0], commands.choices)}; see flightsim --help"
        )
    arguments, further = parser.parse_known_args(words)  # overrides may stand on both sides of an option
    free = arguments.free  # the argument that takes any number of words, if the command has one
    unknown = [word for word in further if word.startswith("-")] or ([] if free else further)
    if unknown:
        parser.error(f"{words[0]} does not know {' '.join(unknown)}; see flightsim {words[0]} --help")
    if free:
        setattr(arguments, free, [*getattr(arguments, free), *further])
    return arguments
