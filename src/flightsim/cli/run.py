"""``flightsim run``: a scenario, or a sweep of several."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.cli.arguments import command, takes_overrides
from flightsim.cli.terminal import DONE, FAILED, OutputLost, progress_bar, say, tell
from flightsim.complaints import Complaints, InputError

if TYPE_CHECKING:
    from flightsim.compose import Job

RESULTS = "results"


def register(commands: Any) -> None:
    """Add the command."""
    run = command(commands, "run", "run a scenario, or with -m several, and write results folders", _run)
    run.add_argument("-m", "--multirun", action="store_true", help="run every combination of comma lists")
    takes_overrides(run)


def _run(arguments: argparse.Namespace) -> int:
    """Run every scenario asked for; one that fails does not stop the others."""
    folder = _asked_for(arguments.overrides)
    try:
        from flightsim import compose

        jobs = compose.jobs(arguments.overrides, many=arguments.multirun, config_dir=arguments.config_dir)
        folder = _shared_folder(jobs)
        if len(jobs) == 1:
            folder = _run_one(jobs[0])
            return DONE
        return _run_all(jobs)
    except OutputLost:
        raise
    except (KeyboardInterrupt, Exception) as error:
        return tell(error)
    finally:
        say(folder)


def _run_one(job: Job) -> Path:
    """Run a scenario, with a progress bar on a terminal, and print its summary; the results folder."""
    from flightsim.scenario import from_config

    scenario = from_config(job.config)
    with progress_bar(job.label or str(job.config["name"])) as progress:
        outcome = scenario.run(progress)
    if outcome.reused:
        print(
            "These results were there already: same configuration, inputs, version and seed.", file=sys.stderr
        )
    say(outcome.summary)
    return Path(os.path.realpath(outcome.path))


def _run_all(jobs: Sequence[Job]) -> int:
    """Run the scenarios of a sweep one after the other; what failed is told at the end once more."""
    from flightsim.scenario import from_config

    complaints = Complaints()
    for job in jobs:  # bad values are told before anything runs
        try:
            from_config(job.config)
        except InputError as error:
            complaints.texts += [text for text in error.complaints if text not in complaints.texts]
    complaints.raise_if_any()
    failed = []
    for number, job in enumerate(jobs, start=1):
        say(f"[{number}/{len(jobs)}] {job.label}")
        try:
            say(_run_one(job), end="\n\n")
        except OutputLost:
            raise
        except Exception as error:
            tell(error)
            failed.append(job.label)
    for label in failed:
        print(f"failed: {label}", file=sys.stderr)
    say(f"{len(jobs) - len(failed)} of {len(jobs)} runs done.")
    return FAILED if failed else DONE


def _shared_folder(jobs: Sequence[Job]) -> Path:
    """The folder that holds all the runs, as far as their settings can be one."""
    return Path(os.path.commonpath([_folder(job.config) for job in jobs]))


def _folder(config: Mapping[str, Any]) -> Path:
    """Where a run's folder goes; the results root if its name cannot be a folder's."""
    from flightsim.io.write import can_be_folder

    root, name = config.get("results"), config.get("name")
    if not isinstance(root, str) or not root.strip() or "\0" in root:
        root = RESULTS
    inside = name if isinstance(name, str) and can_be_folder(name) else ""
    return Path(os.path.realpath(Path(root, inside)))


def _asked_for(overrides: Sequence[str]) -> Path:
    """Where results would have gone, as far as the overrides tell before they are understood."""
    asked = [text.partition("=")[2].strip("'\"") for text in overrides if text.startswith("results=")]
    root = asked[-1] if asked and asked[-1].strip() not in ("", "null") else RESULTS
    return Path(os.path.realpath(root))
