"""``flightsim explore``: a local page on which a run is looked at, and tried again with other levers."""

from __future__ import annotations

import argparse
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flightsim.cli.arguments import command, takes_theme
from flightsim.cli.terminal import DONE, note, say
from flightsim.errors import InputError

if TYPE_CHECKING:
    from flightsim.explore.asked import Asked

MEANING = "open a local page: the map day by day, and what if the levers stood otherwise"
EXAMPLES = """\
  flightsim explore                       the Idlib case, in quick runs
  flightsim explore toy                   another case, by name or folder
  flightsim explore results/NAME/RUN      a run that was made, at its own scale
  flightsim explore experiment=toy seed=3 any scenario: NAME=VALUE as for run

The page answers this machine only and asks nothing of the network. Stop it with Ctrl-C. It needs the extra
'explore': pip install 'flightsim[explore]'.
"""


def register(commands: Any) -> None:
    """Add the command."""
    parser = command(commands, "explore", MEANING, _explore, free="words")
    parser.add_argument(
        "words", nargs="*", metavar="CASE|RESULTS|NAME=VALUE", help="what to look at, and what to change"
    )
    parser.add_argument("--port", type=int, default=8765, metavar="N", help="8765; 0: any that is free")
    parser.add_argument("--host", default="127.0.0.1", help="127.0.0.1; only this machine's own is allowed")
    parser.add_argument("--no-open", action="store_true", help="do not open a browser")
    takes_theme(parser)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EXAMPLES


def _explore(arguments: argparse.Namespace) -> int:
    from flightsim.explore import asked, server

    server.check_host(arguments.host)
    server.check_installed()
    asked.ask(_asked(arguments.words, arguments.theme))
    listening = server.free_port(arguments.host, arguments.port)
    address = (
        f"http://{'localhost' if arguments.host == '::1' else arguments.host}:{listening.getsockname()[1]}"
    )
    token = secrets.token_urlsafe(16)  # others who are logged in on this machine do not know it
    address = f"{address}/?token={token}"
    say(f"{address}   (Ctrl-C stops it)")
    if not arguments.no_open:
        import threading
        import webbrowser

        threading.Timer(1.5, webbrowser.open, [address]).start()
    try:
        server.serve(listening, token, dark=arguments.theme == "dark")
    except KeyboardInterrupt:  # the way to stop it
        note("stopped")
    return DONE


def _asked(words: list[str], theme: str) -> Asked:
    """What the words name: a run that was made, or a case and what to change of it."""
    from flightsim import results
    from flightsim.case.reading import find_case
    from flightsim.config import compose
    from flightsim.explore.asked import TABLES, Asked
    from flightsim.scenario import from_config

    named = [word for word in words if "=" not in word]
    overrides = [word for word in words if "=" in word]
    if len(named) > 1:
        raise InputError(
            f"expected one case or one folder of results; {len(named)} were given: {' '.join(named)}"
        )
    if named and _looks_like_results(Path(named[0])):
        found = results.load(named[0])
        found.check_tables(*TABLES)
        if overrides:
            raise InputError(
                f"{' '.join(overrides)}: a run that was made is as it is; move the levers on the page"
            )
        if found.warning:
            note(found.warning)
        from_config(found.config)  # a configuration of another version is refused here
        return Asked(found.config, found, theme)
    if named:
        find_case(named[0])  # a typing error is reported with the nearest name
        overrides = [f"case={named[0]}", *overrides]
    jobs = compose.jobs(overrides)
    from_config(jobs[0].config)
    if len(jobs) > 1:
        note(f"of {len(jobs)} scenarios the first is shown: {jobs[0].label}; scenario=NAME chooses another")
    return Asked(jobs[0].config, None, theme)


def _looks_like_results(path: Path) -> bool:
    """Whether a word means results: a folder that is no case's, or a path that is not there."""
    if not path.is_dir():
        return "/" in str(path) and not path.exists()
    return not (path / "manifest.yaml").exists()
