"""What the page was asked to show: set once, by the command, before the page is opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flightsim.complaints import InputError
from flightsim.plots import colours
from flightsim.results import Results

TABLES = ("measures", "flows", "front", "households")


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


def whole(results: Results) -> Results:
    """The results, if they hold every table the page needs; InputError that names those they do not."""
    missing = []
    for table in TABLES:
        try:
            results._table(table)
        except InputError:
            missing.append(f"{table}.parquet")
        except Exception as error:  # pyarrow has many words for a broken file
            raise InputError(f"{results.path}: {table}.parquet cannot be read: {error}") from error
    if missing:
        raise InputError(f"{results.path} lacks {', '.join(missing)}; the page needs them: run it again")
    return results
