"""The manifest of a case: what it is, when, under which licences, and what it is not for."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

from flightsim.case import countries, customs
from flightsim.case.cells import Column, Unexpected, day, number, show, text
from flightsim.case.sun import zone_named
from flightsim.case.text_files import Unreadable, from_yaml
from flightsim.errors import Complaints, nearest
from flightsim.world import SYRIA, Holders

MANIFEST = "manifest.yaml"
FACTS: dict[str, Column] = {
    "name": text().means("short, one word if possible; results are kept under it"),
    "title": text().means("as products write it"),
    "summary": text().means("two or three lines for whoever opens the case"),
    "start": day().means("the first day; the tables say how things are then"),
    "end": day().means("the last day"),
    "data_date": day().means("the day of the newest source"),
    "country": text().means("as products write it"),
    "border_name": text().means("the country, or countries, beyond the crossings of kind border"),
    "household_size_persons": number(at_least=1, at_most=20).means(
        "persons in a household of the country; a run takes `population.mean_persons`"
    ),
    "timezone": text().means("of all hours, as Africa/Khartoum, or UTC+3"),
}
HOLDERS = "holders"  # may be left out: then the sides are those of north-west Syria
HOLDER_FACTS = ("label", "frightens", "lived_in", "crossed")
COLOUR, DANGEROUS_TO = "colour", "dangerous_to"  # of a side; may be left out
A_COLOUR = "# and six of 0 to 9 and a to f, as #aa3300"
YES_NO = {"true": True, "false": False}
LISTS = {
    "measured": "what was counted or measured, a line each; may be empty",
    "inferred": "what follows from a rule or an assumption, a line each; may be empty",
    "not_for": "what nobody should use the case for, a line each",
}
TABLE_FACTS = ("title", "licence", "attribution", "modified_by")


def read_manifest(content: str, complaints: Complaints) -> dict[str, Any]:
    """The manifest with its dates as ``datetime.date`` and its numbers as floats.

    YAML is read without guessing of types (``no`` stays a word, a date a text), then each key is read as what
    it should be. Keys whose value could not be read are left out, with a complaint.
    """
    try:
        raw = from_yaml(content, loader=yaml.BaseLoader)  # builds nothing but texts, lists and dictionaries
    except Unreadable as problem:
        complaints.add(f"{MANIFEST} {problem.why}")
        return {}
    if not isinstance(raw, dict):
        complaints.add(f"{MANIFEST} is {_kind(raw)}; expected keys such as {', '.join(FACTS)}")
        return {}
    readers: dict[str, Callable[[str, Any, Complaints], Any]] = {
        **dict.fromkeys(FACTS, _fact),
        **dict.fromkeys(LISTS, _list),
        "tables": _tables,
    }
    free = {HOLDERS: _holders, countries.KEY: countries.read, **customs.READERS}
    _complain_about_keys("", {k: v for k, v in raw.items() if k not in free}, tuple(readers), complaints)
    readers |= free
    read = {key: readers[key](key, raw[key], complaints) for key in readers if key in raw}
    manifest = {key: value for key, value in read.items() if value is not None}
    _check(manifest, complaints)
    return manifest


def _fact(key: str, value: Any, complaints: Complaints) -> Any:
    column = FACTS[key]
    if not isinstance(value, str):
        complaints.add(f"{MANIFEST}: {key} is {_kind(value)}; expected {column.expected}")
        return None
    try:
        return column.value(" ".join(value.split()))
    except Unexpected as trouble:
        complaints.add(f"{MANIFEST}: {key} is {show(value)}; expected {trouble}")
        return None


def _list(key: str, value: Any, complaints: Complaints) -> list[str] | None:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        complaints.add(f"{MANIFEST}: {key} is {_kind(value)}; expected a list of texts")
        return None
    return value


def _tables(key: str, value: Any, complaints: Complaints) -> dict[str, dict[str, str]] | None:
    if not isinstance(value, dict):
        complaints.add(f"{MANIFEST}: tables is {_kind(value)}; expected each file's title and licence")
        return None
    for file, facts in value.items():
        where = f"tables, {show(file)}"
        if not isinstance(facts, dict):
            complaints.add(f"{MANIFEST}: {where} is {_kind(facts)}; expected {', '.join(TABLE_FACTS)}")
            continue
        _complain_about_keys(f"{where}, ", facts, TABLE_FACTS, complaints)
        for fact, said in facts.items():
            if not isinstance(said, str):
                complaints.add(f"{MANIFEST}: {where}, {show(fact)} is {_kind(said)}; expected some text")
    return value


def _holders(key: str, value: Any, complaints: Complaints) -> Holders | None:
    """The sides of the conflict: by name, how products call each, and what it means to those who flee."""
    expected = f"the sides by name, each with {', '.join(HOLDER_FACTS)}"
    if not isinstance(value, dict) or not value:
        complaints.add(f"{MANIFEST}: holders is {_kind(value)}; expected {expected}")
        return None
    before = len(complaints.texts)
    for name, facts in value.items():
        _check_holder(name, facts, tuple(value), complaints)
    if len(complaints.texts) > before:
        return None
    frightens, lived_in, crossed = (
        tuple(YES_NO[each[fact]] for each in value.values()) for fact in HOLDER_FACTS[1:]
    )
    if True not in lived_in:
        complaints.add(f"{MANIFEST}: holders: lived_in is false for all; expected true for one at least")
        return None
    return Holders(
        tuple(value),
        tuple(str(each["label"]) for each in value.values()),
        frightens,
        lived_in,
        crossed,
        colour=tuple(str(each.get(COLOUR, "")).upper() for each in value.values()),
        dangerous_to=tuple(tuple(each.get(DANGEROUS_TO, ())) for each in value.values()),
    )


def _check_holder(name: str, facts: Any, sides: tuple[str, ...], complaints: Complaints) -> None:
    where = f"{MANIFEST}: holders, {show(name)}"
    if not isinstance(facts, dict):
        complaints.add(f"{where} is {_kind(facts)}; expected {', '.join(HOLDER_FACTS)}")
        return
    asked = {key: said for key, said in facts.items() if key not in (COLOUR, DANGEROUS_TO)}
    _complain_about_keys(f"holders, {show(name)}, ", asked, HOLDER_FACTS, complaints)
    for fact in HOLDER_FACTS[1:]:
        if fact in facts and facts[fact] not in YES_NO:
            complaints.add(f"{where}, {fact} is {show(str(facts[fact]))}; expected true or false")
    colour = facts.get(COLOUR)
    if COLOUR in facts and not (isinstance(colour, str) and re.fullmatch("#[0-9A-Fa-f]{6}", colour)):
        said = show(colour) if isinstance(colour, str) else _kind(colour)
        complaints.add(f"{where}, {COLOUR} is {said}; expected {A_COLOUR}, in quotation marks")
    others, feared_by = tuple(side for side in sides if side != name), facts.get(DANGEROUS_TO, [])
    if not isinstance(feared_by, list) or not all(isinstance(side, str) for side in feared_by):
        complaints.add(f"{where}, {DANGEROUS_TO} is {_kind(feared_by)}; expected a list of other sides")
        return
    for side in feared_by:
        if side not in others:
            complaints.add(
                f"{where}, {DANGEROUS_TO} names {show(side)}; expected another side of the case{nearest(side, others)}"
            )


def holders_of(manifest: Mapping[str, Any]) -> Holders:
    """The sides that a manifest names, or those of north-west Syria; and its countries abroad."""
    holders, abroad = manifest.get(HOLDERS) or SYRIA, manifest.get(countries.KEY)
    return holders.with_countries(abroad) if abroad else holders


def _complain_about_keys(
    where: str, found: dict[str, Any], known: tuple[str, ...], complaints: Complaints
) -> None:
    missing = [key for key in known if key not in found]
    for key in missing:
        complaints.add(f"{MANIFEST}: {where}{key} is missing")
    for key in found:
        if key not in known:
            complaints.add(f"{MANIFEST}: {where}{show(key)} is unknown{nearest(key, missing or known)}")


def _check(manifest: dict[str, Any], complaints: Complaints) -> None:
    """What two keys say of each other, and whether the time zone exists."""
    customs.check(manifest, complaints)
    start, end = manifest.get("start"), manifest.get("end")
    if start and end and end < start:
        complaints.add(f"{MANIFEST}: end is {end}; expected no earlier than start, {start}")
    countries.check_names(manifest, (manifest.get(HOLDERS) or SYRIA).name, complaints)
    name = manifest.get("timezone")
    if name and not _zone_exists(name):
        complaints.add(
            f"{MANIFEST}: timezone is {show(name)}; expected a name such as Asia/Damascus, or UTC+3"
        )


def _zone_exists(name: str) -> bool:
    """Whether there is such a time zone; True where this computer has no list of them, so that we cannot tell."""
    return zone_named(name) is not None or zone_named("Etc/UTC") is None


def _kind(value: Any) -> str:
    """What a YAML value is, in words; never its content, which may be huge."""
    if isinstance(value, dict):
        return "a set of keys"
    if isinstance(value, list):
        return "a list"
    return show(value)
