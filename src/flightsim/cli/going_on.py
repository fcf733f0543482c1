"""``flightsim run from=RESULTS on=DATE``: go on from what was counted on a day, with runs that are there already."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from flightsim.cli.terminal import DONE, say
from flightsim.errors import Complaints, nearest

OWN = ("from", "on", "known")  # that no configuration has
BESIDE = ("scenario", "case", "results")
EXAMPLES = """\
Start from what was counted on a day and go on (docs/known.md): the runs of a finished sweep are weighted by how well
they met the counts up to that day, and their growth after it is put on top of the last count.
  from=RESULTS       the folder of a finished sweep with 5 replicates or more
  on=DATE            the end of that day, or its number in the runs; several with commas, each a folder of its own
  known=FOLDER       observations.csv in a folder (docs/observations.md); the case's own if not given

  flightsim run replicates=20 uncertainty.draw=calibrated population.scale=0.1 results=results/winter
  flightsim run from=results/winter on=2020-01-20 known=counts
"""


def is_asked(overrides: Sequence[str]) -> bool:
    """Whether some of the words are of this and of no configuration."""
    return any(text.partition("=")[0] in OWN for text in overrides)


def go_on(overrides: Sequence[str], many: bool, command: Sequence[str]) -> tuple[int, Path]:
    """Make the forecasts that the words ask for, say them, and give the exit code and the last one's folder."""
    from flightsim.validation.onward import folder, telling

    given = _given(overrides, many)
    found = folder.go_on(
        given["from"], given["on"].split(","), given.get("known"), given.get("results"), given.get("scenario"),
        given.get("case"), command,
    )  # fmt: skip
    for path, forecast in found:
        say(telling.screen(forecast))
        if path != found[-1][0]:
            say(f"{path}\n")
    return DONE, Path(os.path.realpath(found[-1][0]))


def _given(overrides: Sequence[str], many: bool) -> dict[str, str]:
    """The words by name; InputError with all that is wrong with them, and with what they name."""
    given, complaints = {}, Complaints()
    for text in overrides:
        name, _, value = text.partition("=")
        value = value.strip().strip("'\"")
        if name not in (*OWN, *BESIDE):
            complaints.add(
                f"'{text}': the runs are there already, and nothing in them can be changed; expected "
                f"{', '.join((*OWN, *BESIDE))}{nearest(name, (*OWN, *BESIDE))}"
            )
        elif not value:
            complaints.add(f"'{text}': expected a value")
        elif name in given:
            complaints.add(f"'{text}': {name} is given twice")
        else:
            given[name] = value
    if many:
        complaints.add("-m: no runs are made here; several days are written on=2020-01-20,2020-01-27")
    if "from" not in given:
        complaints.add(
            "from is missing; expected the folder of a finished sweep to go on with, as from=results/winter"
        )
    if "on" not in given:
        complaints.add("on is missing; expected the day to go on from, as on=2020-01-20")
    if complaints.texts and {"from", "on"} <= given.keys():  # what the others name is checked all the same
        from flightsim.validation.onward.asked import questions

        complaints.collect(
            lambda: questions(
                given["from"],
                given["on"].split(","),
                given.get("known"),
                given.get("scenario"),
                given.get("case"),
            )
        )
    complaints.raise_if_any()
    return given
