"""What the page was asked to show: set once, by the command, before the page is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flightsim.errors import InputError
from flightsim.plots import colours
from flightsim.results.runs import Results

TABLES = "measures", "flows", "front", "households"  # of a run, that the page needs


@dataclass(frozen=True)
class Asked:
    """A configuration to begin with; ``results`` if a run of it is there already."""

    config: Mapping[str, Any]
    results: Results | None = None
    theme: str = colours.LIGHT


_asked: list[Asked] = []


def ask(asked: Asked) -> None:
    """Say what the page shows from now on."""
    _asked[:] = [asked]


def now() -> Asked:
    """What the page shows; InputError if nobody said."""
    if not _asked:
        raise InputError("the page was opened without `flightsim explore`")
    return _asked[0]
