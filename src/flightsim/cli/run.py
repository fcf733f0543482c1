"""``flightsim run``: a scenario, or a sweep of several."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.cli import going_on
from flightsim.cli.arguments import command, takes_overrides
from flightsim.cli.terminal import DONE, FAILED, STOPPED, OutputLost, count_bar, note, progress_bar, say, tell

if TYPE_CHECKING:
    from flightsim.results.sweeps import Sweep
    from flightsim.sweeps.plan import Plan

RESULTS = "results"
MOST_ERRORS = 10  # told at the end; runs.csv has all
TOLD = {
    "displaced_persons": "displaced",
    "at_crossings_persons": "waiting at a crossing on the worst day",
    "abroad_persons": "gone abroad",
}
FEWEST_FOR_BANDS = 20  # runs; of fewer the inner nine tenths are about all (as in comparison.sentences)


def register(commands: Any) -> None:
    """Add the command."""
    run = command(commands, "run", "run a scenario, or a sweep of several, and write results folders", _run)
    run.add_argument("-m", "--multirun", action="store_true", help="run every combination of comma lists")
    takes_overrides(run)
    run.formatter_class = argparse.RawDescriptionHelpFormatter
    run.epilog = going_on.EXAMPLES


def _run(arguments: argparse.Namespace) -> int:
    """Run what is asked for, one scenario or a sweep; the last line is its folder, whatever happens."""
    folder = _asked_for(arguments.overrides)
    try:
        if going_on.is_asked(arguments.overrides):
            code, folder = going_on.go_on(arguments.overrides, arguments.multirun, _command(arguments))
            return code
        from flightsim.sweeps import plan

        asked = plan.make(
            arguments.overrides,
            many=arguments.multirun,
            config_dir=arguments.config_dir,
            command=_command(arguments),
        )
        if asked.is_single:
            config = asked.jobs[0].config
            folder = _folder(config)
            folder = _run_one(config)
            return DONE
        from flightsim.sweeps import run as sweep

        folder = Path(os.path.realpath(sweep.place(asked)))
        return _run_all(asked, folder)
    except OutputLost:
        raise
    except (KeyboardInterrupt, Exception) as error:
        return tell(error)
    finally:
        say(folder)


def _command(arguments: argparse.Namespace) -> list[str]:
    """What was typed, for the records."""
    words = ["flightsim", "run", *(["-m"] if arguments.multirun else []), *arguments.overrides]
    return [*words, *(["--config-dir", str(arguments.config_dir)] if arguments.config_dir else [])]


def _run_one(config: Mapping[str, Any]) -> Path:
    """Run a scenario, with a progress bar on a terminal, and print its summary; the results folder."""
    from flightsim.scenario import from_config

    scenario = from_config(config)
    for said in scenario.step_notes:
        note(said)
    with progress_bar(str(config["name"])) as progress:
        outcome = scenario.run(progress)
    if outcome.reused:
        note("These results were there already: same configuration, inputs, version and seed.")
    say(outcome.summary)
    return Path(os.path.realpath(outcome.path))


def _run_all(asked: Plan, folder: Path) -> int:
    """Make the runs of a sweep; what failed is reported at the end."""
    from flightsim.scenario import from_config
    from flightsim.sweeps import run as sweep

    n = len(asked.jobs)
    each = "replicates as needed" if asked.replicates is None else f"{asked.replicates} replicates"
    say(f"{asked.name}: {n} {'scenario' if n == 1 else 'scenarios'}, {each}.")
    for said in from_config(asked.jobs[0].config).step_notes:
        note(said)
    with _how_to_go_on(folder), count_bar(asked.name, lambda: asked.where.n_slots) as progress:
        done = sweep.run(asked, folder, progress=progress, tell=note)
    return _say_sweep(done)


@contextmanager
def _how_to_go_on(folder: Path) -> Iterator[None]:
    """Tell who stops a sweep that nothing is lost."""
    try:
        yield
    except KeyboardInterrupt as stop:
        note(f"stopped; finished runs are kept in {folder}; the same command goes on from there")
        raise SystemExit(STOPPED) from stop


def _say_sweep(sweep: Sweep) -> int:
    """What came out; the exit code."""
    from flightsim.results import sweeps

    found = sweep.path / sweeps.TEXT
    say(found.read_text(encoding="utf-8").rstrip() if found.is_file() else _by_scenario(sweep))
    failed = sweep.runs[sweep.runs["status"] == sweeps.FAILED]
    for row in list(failed.itertuples())[:MOST_ERRORS]:
        note(f"failed: {row.scenario}, seed {row.seed}: {row.error}")
    if len(failed) > MOST_ERRORS:
        note(f"... and {len(failed) - MOST_ERRORS} more, in {sweep.path / sweeps.RUNS}")
    n = len(sweep.done)
    say(
        f"{n} of {len(sweep.runs)} runs done. Modelled, not observed. Compare: flightsim compare {sweep.path}"
    )
    return DONE if not len(failed) else FAILED


def _by_scenario(sweep: Sweep) -> str:
    """A line a scenario: how many runs are done, how many people they displace; who waits at a crossing or is abroad.

    The last two stand in every line, or in none if nobody does in any scenario.
    """
    from flightsim.results import sweeps
    from flightsim.results.outcomes import AT_THE_BORDER

    outcomes = _summary(sweep)
    border = any(each["mean"] > 0 for (_, name), each in outcomes.items() if name in AT_THE_BORDER)
    width = max(len(name) for name in sweep.scenarios)
    lines = []
    for name in sweep.scenarios:
        rows = sweep.runs[sweep.runs["scenario"] == name]
        n_done = int((rows["status"] == sweeps.DONE).sum())
        told = ""
        for outcome, title in TOLD.items():
            if (name, outcome) in outcomes and (border or outcome not in AT_THE_BORDER):
                told += f"; {title}: {_spread(outcomes[name, outcome], n_done)}"
        lines.append(f"  {name:<{width}}  {n_done} of {len(rows)} runs{told}")
    return "\n".join(lines)


def _spread(outcome: Any, n_runs: int) -> str:
    """People in a scenario's runs: their mean, and what most of the runs lie between."""
    from flightsim import words

    low, mean, high = (words.about(outcome[key]) for key in ("p5", "mean", "p95"))
    few = n_runs < FEWEST_FOR_BANDS
    if n_runs > 1 and low == mean == high:
        about = "about " if mean[0].isdigit() else ""
        return f"{about}{mean} in {f'all {n_runs}' if few else '9 in 10'} runs"
    between = f", {'nearly all runs' if few else '9 in 10 runs'} {low} to {high}" if n_runs > 1 else ""
    return f"{mean} on average{between}"


def _summary(sweep: Sweep) -> dict[tuple[str, str], Any]:
    """The outcomes of the lines, by scenario and name."""
    import pandas as pd

    from flightsim.files.spreadsheet import as_it_was
    from flightsim.results import sweeps

    table = pd.read_csv(
        sweep.path / sweeps.SUMMARY, dtype={"scenario": str}, keep_default_na=False
    )  # NA, 01 and null are names
    rows = table[table["outcome"].isin(list(TOLD))]
    return {(as_it_was(str(row["scenario"])), str(row["outcome"])): row for _, row in rows.iterrows()}


def _folder(config: Mapping[str, Any]) -> Path:
    """Where a run's folder goes; the results root if its name cannot be a folder's."""
    from flightsim.files.atomic import can_be_folder

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
