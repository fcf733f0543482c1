"""The command line: ``flightsim run``, ``describe``, ``cases``, ``parameters``.

It finds the configuration (``flightsim.compose``), hands it to ``flightsim.scenario`` and prints what comes
back. Everything heavy is imported where it is used, so that ``flightsim --help`` answers at once.

Of ``run``, the last line on standard output is always the path of a results folder; all else that is not the
result goes to standard error. Exit codes: 0 done, 1 a run failed, 2 refused (bad input, no room, no
permission), 130 stopped by Ctrl-C.
"""

from __future__ import annotations

import argparse
import errno
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim import __version__
from flightsim.complaints import Complaints, InputError, nearest

if TYPE_CHECKING:
    from flightsim.compose import Job

DONE, FAILED, REFUSED, STOPPED = 0, 1, 2, 130
RESULTS = "results"
_stopped = threading.Event()

EVERYDAY = """\
everyday commands:
  flightsim describe                                  what world and scenario is this?
  flightsim run                                       Idlib, 1 December 2019 to 8 March 2020
  flightsim run population.scale=0.1                  a quick look: a household stands for ten
  flightsim run experiment=toy days=14 seed=2         a dozen places for learning; another length, luck
  flightsim run -m border=closed,open seed=1,2,3      all combinations, one after the other
  flightsim run experiment=mine --config-dir DIR      your own DIR/experiment/mine.yaml

Change anything with NAME=VALUE; `flightsim parameters` lists the names. Results are modelled, not observed.
"""


def main(argv: Sequence[str] | None = None) -> int:
    """The console script: run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # Arabic names on a terminal that cannot show them
    with _answering_signals():
        try:
            arguments = _arguments(words)
            return int(arguments.command(arguments))
        except OutputLost as lost:
            return _end_without_output(lost)
        except (KeyboardInterrupt, Exception) as error:
            return _tell(error)


class OutputLost(Exception):
    """Standard output cannot be written: nobody reads it, or it goes to a full disk."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(cause.strerror)
        self.unread = isinstance(cause, BrokenPipeError)  # `flightsim describe | head`


def _say(text: object, end: str = "\n") -> None:
    """Print on standard output, at once: a trouble with it is told from one with the results."""
    try:
        print(text, end=end, flush=True)
    except OSError as error:
        raise OutputLost(error) from error


def _end_without_output(lost: OutputLost) -> int:
    """The results are not concerned, but whoever asked cannot be told of them here."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # Python flushes it once more at the end
    if lost.unread:
        return FAILED
    print(f"flightsim: standard output cannot be written: {lost}", file=sys.stderr)
    return REFUSED


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

    run = _command(commands, "run", "run a scenario, or with -m several, and write results folders", _run)
    run.add_argument("-m", "--multirun", action="store_true", help="run every combination of comma lists")
    _takes_overrides(run)
    _takes_overrides(
        _command(commands, "describe", "say what a scenario amounts to, without a run", _describe)
    )
    _command(commands, "cases", "list the cases and experiments that are shipped", _cases)
    parameters = _command(
        commands, "parameters", "list every parameter: default, unit, bounds, source", _parameters
    )
    parameters.add_argument("--markdown", action="store_true", help="as the page docs/parameters.md")

    if words and not words[0].startswith("-") and words[0] not in commands.choices:
        parser.error(
            f"there is no command '{words[0]}'{nearest(words[0], commands.choices)}; see flightsim --help"
        )
    arguments, further = parser.parse_known_args(words)  # overrides may stand on both sides of an option
    if not hasattr(arguments, "overrides") or any(word.startswith("-") for word in further):
        unknown = [word for word in further if word.startswith("-")] or further
        if unknown:
            parser.error(f"{words[0]} does not know {' '.join(unknown)}; see flightsim {words[0]} --help")
    else:
        arguments.overrides += further
    return arguments


def _command(
    commands: Any, name: str, meaning: str, function: Callable[[argparse.Namespace], int]
) -> argparse.ArgumentParser:
    parser: argparse.ArgumentParser = commands.add_parser(
        name, help=meaning, description=f"{meaning[0].upper()}{meaning[1:]}.", allow_abbrev=False
    )
    parser.set_defaults(command=function)
    return parser


def _takes_overrides(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "overrides", nargs="*", metavar="NAME=VALUE", help="what to change, as days=3 border=open"
    )
    parser.add_argument(
        "--config-dir", type=Path, metavar="DIR", help="a folder with your experiment/NAME.yaml"
    )


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
        return _tell(error)
    finally:
        _say(folder)


def _run_one(job: Job) -> Path:
    """Run a scenario, with a progress bar on a terminal, and print its summary; the results folder."""
    from flightsim.scenario import from_config

    scenario = from_config(job.config)
    with _progress(job.label or str(job.config["name"])) as progress:
        outcome = scenario.run(progress)
    if outcome.reused:
        print(
            "These results were there already: same configuration, inputs, version and seed.", file=sys.stderr
        )
    _say(outcome.summary)
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
        _say(f"[{number}/{len(jobs)}] {job.label}")
        try:
            _say(_run_one(job), end="\n\n")
        except OutputLost:
            raise
        except Exception as error:
            _tell(error)
            failed.append(job.label)
    for label in failed:
        print(f"failed: {label}", file=sys.stderr)
    _say(f"{len(jobs) - len(failed)} of {len(jobs)} runs done.")
    return FAILED if failed else DONE


def _describe(arguments: argparse.Namespace) -> int:
    from flightsim import compose
    from flightsim.scenario import from_config

    (job,) = compose.jobs(arguments.overrides, config_dir=arguments.config_dir)
    _say(from_config(job.config).describe())
    return DONE


def _cases(arguments: argparse.Namespace) -> int:
    import yaml

    from flightsim import compose

    _say("cases (case=NAME):")
    for manifest in sorted((Path(__file__).resolve().parent / "cases").glob("*/manifest.yaml")):
        case = yaml.safe_load(manifest.read_text(encoding="utf-8"))
        _say(f"  {manifest.parent.name:<16} {case['title']}, {case['start']} to {case['end']}")
    _say("experiments (experiment=NAME):")
    for name, file in compose.experiments().items():
        _say(f"  {name:<16} {_headline(file)}")
    return DONE


def _headline(experiment: Path) -> str:
    """What an experiment asks: the first comment of its file that is neither its package nor its command."""
    comments = [
        line.lstrip("# ") for line in experiment.read_text(encoding="utf-8").splitlines() if line[:1] == "#"
    ]
    return next((text for text in comments if not text.startswith(("@package", "flightsim "))), "")


def _parameters(arguments: argparse.Namespace) -> int:
    from flightsim.parameter import as_page, table
    from flightsim.scenario import PARTS

    part = None
    own = {group: [t for t in types if t.__base__ not in types] for group, types in PARTS.items()}
    if arguments.markdown:
        _say(as_page(own), end="")
        return DONE
    for row in table(own):  # a null that inherits its parameters needs no second list
        if part != (part := (row["group"], row["part"])):
            _say(f"\n{row['group']} ({row['part']})")
        name = f"{row['group']}.{row['parameter']}={row['default']}"
        _say(f"  {name:<44} {row['unit']}  [{row['bounds']}]")
        _say(f"      {row['meaning']}. Source: {row['source']}")
    return DONE


@contextmanager
def _progress(name: str) -> Iterator[Callable[[int, int], None]]:
    """A bar on a terminal, nothing in a log; takes steps done and steps in all."""
    from tqdm import tqdm

    shape = "{desc} {percentage:3.0f} % |{bar}| {elapsed} gone, {remaining} left"
    with tqdm(desc=name, total=1, bar_format=shape, leave=False, disable=None, file=sys.stderr) as bar:

        def progress(done: int, steps: int) -> None:
            if _stopped.is_set():  # the interrupt was lost in a callback whose exceptions Python ignores
                raise KeyboardInterrupt
            bar.total = steps
            bar.update(done - bar.n)

        yield progress


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


def _tell(error: BaseException) -> int:
    """Say on standard error what went wrong, in words; the exit code that fits."""
    if os.environ.get("FLIGHTSIM_DEBUG") == "1":
        import traceback

        traceback.print_exception(error)
    code = REFUSED
    if isinstance(error, InputError):
        lines = error.complaints
    elif isinstance(error, KeyboardInterrupt):
        lines, code = ["stopped; the run that was under way left nothing behind"], STOPPED
    elif isinstance(error, OSError):
        lines = [_trouble(error)]
    elif isinstance(error, MemoryError):
        lines = ["not enough memory; population.scale=0.1 needs about a tenth"]
    else:
        lines = [f"the run failed: {type(error).__name__}: {error}"]
        lines.append("FLIGHTSIM_DEBUG=1 shows where")
        code = FAILED
    for line in lines:
        print(f"flightsim: {line}", file=sys.stderr, flush=True)
    return code


def _trouble(error: OSError) -> str:
    """An operating system's error in one line: where, what, and what can be done."""
    cures = {
        errno.ENOSPC: "make room, or choose another place with results=DIR",
        errno.EDQUOT: "make room, or choose another place with results=DIR",
        errno.EACCES: "choose another place with results=DIR",
        errno.EPERM: "choose another place with results=DIR",
        errno.EROFS: "choose another place with results=DIR",
    }
    where = f"{error.filename}: " if error.filename else ""
    cure = f"; {cures[error.errno]}" if error.errno in cures else ""
    return f"{where}{error.strerror or error}{cure}"


@contextmanager
def _answering_signals() -> Iterator[None]:
    """Remember a Ctrl-C, and let a polite end (SIGTERM, SIGHUP) clean up as it does."""

    def interrupt(_number: int, _frame: object) -> None:
        _stopped.set()
        raise KeyboardInterrupt

    def end(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    handlers = {"SIGINT": interrupt, "SIGTERM": end, "SIGHUP": end}
    _stopped.clear()
    previous = {}
    try:
        for name, handler in handlers.items():
            if number := getattr(signal, name, None):  # not every system has every signal
                previous[number] = signal.signal(number, handler)
    except ValueError:  # not the main thread, where signals cannot be answered
        pass
    try:
        yield
    finally:
        for number, before in previous.items():
            signal.signal(number, before)


if __name__ == "__main__":
    sys.exit(main())
