"""What a manifest may say besides: how fine its areas are and what each level is called, and other names' language."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

from flightsim.case.cells import show
from flightsim.clock import Night
from flightsim.errors import Complaints
from flightsim.world import AREA, Currency, Noun

MANIFEST = "manifest.yaml"
FINEST = (2, 3, 4)
USUAL_FINEST = 3
FINEST_LEVEL, LEVELS, LANGUAGE, DARK_HOURS = "finest_level", "levels", "language", "dark_hours"
CURRENCY = "currency"
LEVEL_FACTS = ("one", "many")
USUAL_LANGUAGE = "ar"  # of cases from before there was a choice


def finest_level(key: str, value: Any, complaints: Complaints) -> int | None:
    """The admin level of the areas that places lie in and results are given by."""
    if value not in map(str, FINEST):
        found = show(value) if isinstance(value, str) else "no single number"
        complaints.add(f"{MANIFEST}: {key} is {found}; expected 2, 3 or 4")
        return None
    return int(value)


def levels(key: str, value: Any, complaints: Complaints) -> dict[int, Noun] | None:
    """What an area of each level is called: a word (``commune``), or one with its plural (``{one:, many:}``)."""
    expected = "a word for an area of each level, as {1: region, 2: {one: county, many: counties}}"
    if not isinstance(value, dict) or not value:
        complaints.add(f"{MANIFEST}: {key} is {_shown(value)}; expected {expected}")
        return None
    found = {}
    for level, said in value.items():
        if level not in ("1", "2", "3", "4"):
            complaints.add(f"{MANIFEST}: {key} has {show(str(level))}; expected levels 1 to 4")
        elif isinstance(said, str) and said.strip():
            found[int(level)] = Noun.of(" ".join(said.split()))
        elif isinstance(said, dict) and set(said) == set(LEVEL_FACTS) and all(map(_word, said.values())):
            found[int(level)] = Noun(said["one"], said["many"])
        else:
            complaints.add(f"{MANIFEST}: {key}, {level} is {_shown(said)}; expected a word, or one and many")
    return found


def language(key: str, value: Any, complaints: Complaints) -> str | None:
    """The language of the second name of areas, places and crossings, as a code of two or three letters."""
    if not isinstance(value, str) or not (2 <= len(value) <= 3 and value.isascii() and value.islower()):
        complaints.add(
            f"{MANIFEST}: {key} is {_shown(value)}; expected a code of two or three letters, as ar or fr"
        )
        return None
    return value


def dark_hours(key: str, value: Any, complaints: Complaints) -> Night | None:
    """The first dark hour and the first light one, the whole period through."""
    found = re.fullmatch(r"(\d{1,2}):00\s*-\s*(\d{1,2}):00", value) if isinstance(value, str) else None
    if found is None or not int(found[2]) < int(found[1]) <= 23:
        expected = "the first dark hour and the first light one, as 17:00-06:00"
        complaints.add(f"{MANIFEST}: {key} is {_shown(value)}; expected {expected}")
        return None
    return int(found[1]), int(found[2])


def currency(key: str, value: Any, complaints: Complaints) -> Currency | None:
    """The money of the country, beside US dollars."""
    said = value if isinstance(value, dict) and set(value) == {"code", "per_usd"} else {}
    try:
        rate = float(said["per_usd"])
        if re.fullmatch("[A-Z]{3}", str(said["code"])) and 0 < rate < math.inf:
            return Currency(said["code"], rate)
    except (KeyError, TypeError, ValueError):
        pass
    expected = "its code and how much of it one US dollar is, as {code: XOF, per_usd: 590}"
    complaints.add(f"{MANIFEST}: {key} is {_shown(value)}; expected {expected}")
    return None


READERS = {
    FINEST_LEVEL: finest_level,
    LEVELS: levels,
    LANGUAGE: language,
    DARK_HOURS: dark_hours,
    CURRENCY: currency,
}
MEANINGS = {
    FINEST_LEVEL: (
        "2, 3 or 4",
        f"admin level of the areas that places lie in and results are given by; {USUAL_FINEST} if left out",
    ),
    LEVELS: (
        "a word for each level, or its one and many",
        "what products call an area of each level; area if left out",
    ),
    LANGUAGE: ("a code such as ar or fr", f"language of `name_local`; {USUAL_LANGUAGE} if left out"),
    CURRENCY: (
        "its code and how much of it one US dollar is, as {code: XOF, per_usd: 590}",
        "money in which `needs` gives costs beside US dollars; dollars alone if left out",
    ),
    DARK_HOURS: (
        "the first dark hour and the first light one, as 17:00-06:00",
        "where one night is to hold all along; if left out, each day's from latitude, date and time zone",
    ),
}
"""What may be left out of a manifest, by key: what is expected and what it is for."""


def check(manifest: Mapping[str, Any], complaints: Complaints) -> None:
    """No level is named that is finer than the finest."""
    too_fine = [level for level in manifest.get(LEVELS) or {} if level > finest_of(manifest)]
    if too_fine:
        complaints.add(
            f"{MANIFEST}: {LEVELS} names level {too_fine[0]}; expected none finer than {FINEST_LEVEL}, "
            f"{finest_of(manifest)}"
        )


def finest_of(manifest: Mapping[str, Any]) -> int:
    """The admin level that places lie in."""
    return int(manifest.get(FINEST_LEVEL) or USUAL_FINEST)


def nouns_of(manifest: Mapping[str, Any]) -> tuple[Noun, ...]:
    """What an area is called, by level, level 1 first."""
    said, finest = manifest.get(LEVELS) or {}, finest_of(manifest)
    usual = {level: Noun(f"area of level {level}", f"areas of level {level}") for level in range(1, finest)}
    return tuple({**usual, finest: AREA, **said}[level] for level in range(1, finest + 1))


def language_of(manifest: Mapping[str, Any]) -> str:
    """The language of the second names."""
    return str(manifest.get(LANGUAGE) or USUAL_LANGUAGE)


def _word(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _shown(value: Any) -> str:
    return show(value) if isinstance(value, str) else "a list" if isinstance(value, list) else "a set of keys"
