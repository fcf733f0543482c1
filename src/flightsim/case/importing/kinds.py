"""The kinds of files that can be imported; each module says what it takes and how, and has one function ``take``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flightsim.case.importing import boundaries, events, facilities, observations, places, roads, sites
from flightsim.case.importing.flee import case as flee
from flightsim.case.importing.report import Asked, Option, Report, Taken


@dataclass(frozen=True)
class Kind:
    """One kind of import, for the command line and the docs."""

    meaning: str
    files: str  # what files it reads
    columns: Mapping[str, tuple[str, ...]]  # ours, and what they are called in files
    options: tuple[Option, ...]
    take: Callable[[Asked, Report], Taken]
    makes_case: bool = False  # takes a folder, and makes the case itself instead of filling one


def _kind(module: object) -> Kind:
    return Kind(
        meaning=module.MEANING,  # type: ignore[attr-defined]
        files=module.FILES,  # type: ignore[attr-defined]
        columns=module.COLUMNS,  # type: ignore[attr-defined]
        options=module.OPTIONS,  # type: ignore[attr-defined]
        take=module.take,  # type: ignore[attr-defined]
        makes_case=getattr(module, "MAKES_CASE", False),
    )


KINDS: dict[str, Kind] = {
    "boundaries": _kind(boundaries),
    "places": _kind(places),
    "roads": _kind(roads),
    "facilities": _kind(facilities),
    "events": _kind(events),
    "observations": _kind(observations),
    "sites": _kind(sites),
    "flee": _kind(flee),
}
